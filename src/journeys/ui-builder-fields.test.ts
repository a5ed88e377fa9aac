import { describe, expect, test } from "bun:test";
import { axeFindings, goesSideways, hasChromium, shot, sites } from "./ui-browser.ts";
import { begin, changeBuilder, closeStage, openStage, textOf } from "./ui-builder-visit.ts";

const { site, visit } = sites();

/** Runs in the page. */
const atItsEnd = (field: unknown): boolean => {
  const { selectionStart, value } = field as { selectionStart: number; value: string };
  return selectionStart === value.length;
};

describe.skipIf(!hasChromium)("in the stage editor", () => {
  test("a stage that others use is renamed with everything that names it, and the name can be taken back", async () => {
    const page = await visit(await site("builder-rename", []), "/workflows/new");
    await begin(page, "Two-stage review");
    const before = await textOf(page);
    await openStage(page, "Work");
    const field = page.locator('#stage-editor [name="@id"]');
    await changeBuilder(page, async () => {
      await field.fill("draft");
      await field.press("Tab");
    });
    expect(await page.evaluate("document.activeElement.closest('#stage-editor') !== null")).toBe(true);
    expect(await textOf(page)).toBe(
      before
        .replace("- id: work", "- id: draft")
        .replace("[work]", "[draft]")
        .replace("stages.work.", "stages.draft."),
    );
    await closeStage(page);
    expect(await page.evaluate("document.activeElement.id")).toBe("edit-draft");
    await changeBuilder(page, () => page.locator("#undo-button").click());
    expect(await textOf(page)).toBe(before);
    await page.close();
  });

  test("a field that was drawn larger is as before in the next stage, and breaks no rule about styles", async () => {
    const page = await visit(await site("builder-larger", []), "/workflows/new");
    await begin(page, "Two-stage review");
    const errors: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    await openStage(page, "Work");
    const field = page.locator("#s-description");
    const { x, y, width, height } = (await field.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const [right, bottom] = [x + width - 4, y + height - 4];
    await page.mouse.move(right, bottom);
    await page.mouse.down();
    await page.mouse.move(right, bottom + 60, { steps: 3 });
    await page.mouse.up();
    expect(await field.getAttribute("style")).toContain("height");
    await closeStage(page);
    await openStage(page, "Review");
    await page.locator("#stage-editor-title", { hasText: "Review" }).waitFor();
    expect(await field.getAttribute("style")).toBe(null);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("a condition is checked while one types: what is wrong stands at it, and goes when it is mended", async () => {
    const page = await visit(await site("builder-condition", []), "/workflows/new");
    await begin(page, "Two-stage review");
    await openStage(page, "Review");
    const field = page.locator('#stage-editor [name="condition"]');
    const trouble = page.locator("#s-condition-bad");
    // An answer to half of what is typed may come first.
    await field.pressSequentially("stages.wrok.outputs.summary == ");
    await trouble.filter({ hasText: "expected a value" }).waitFor();
    await field.pressSequentially("'done'");
    await trouble.filter({ hasText: 'did you mean "work"?' }).waitFor();
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    // The caret stays where it is, also while answers come.
    expect(await field.evaluate(atItsEnd)).toBe(true);
    await field.fill("stages.work.outputs.summary == 'done'");
    await trouble.waitFor({ state: "detached" });
    await closeStage(page);
    expect(await page.locator("#card-review .is-code").innerText()).toContain("if stages.work");
    await page.close();
  });

  test("agents and tools are picked from the collection by keys, or typed; inputs get rows", async () => {
    const here = await site("builder-pick", []);
    here.journey.write(
      ".claude/skills/sum/SKILL.md",
      "---\nname: sum\ndescription: Makes it short\n---\nx\n",
    );
    const page = await visit(here, "/workflows/new");
    await begin(page, "Two-stage review");
    await openStage(page, "Work");
    const agent = page.locator('#stage-editor [name="roles.primary.artifact"]');
    await changeBuilder(page, async () => {
      await agent.fill("talk");
      await page.locator("[role=option]").first().waitFor();
      await shot(page, "builder-picker");
      await agent.press("ArrowDown");
      await agent.press("Enter");
    });
    expect(await agent.inputValue()).toBe("agent:talker");
    const tools = page.getByLabel("Add to Tools");
    await changeBuilder(page, async () => {
      await tools.fill("sum");
      await page.locator("[role=option]").first().waitFor();
      await tools.press("ArrowDown");
      await tools.press("Enter");
    });
    await changeBuilder(page, async () => {
      await tools.fill("skill:elsewhere");
      await tools.press("Enter");
    });
    await changeBuilder(page, () =>
      page.getByRole("button", { name: "Remove skill:sum from Tools" }).click(),
    );
    await page.locator("#stage-editor summary", { hasText: "Add input" }).click();
    await changeBuilder(page, async () => {
      await page.locator('#stage-editor [name="inputs.1.@name"]').fill("tone");
      await page.keyboard.press("Tab");
    });
    expect(await page.evaluate("document.activeElement.name")).toBe("inputs.1.type");
    await closeStage(page);
    const text = await textOf(page);
    expect(text).toContain('primary: agent:talker\n      tools: ["skill:elsewhere"]');
    expect(text).toContain('source: "${{ parameters.task }}" }\n      tone: { type: string }');
    await page.close();
  });
});

describe.skipIf(!hasChromium)("in the text", () => {
  test("what is typed shows in the form, what the form changes shows in the text, and both can be undone", async () => {
    const page = await visit(await site("builder-typing", []), "/workflows/new");
    await begin(page, "Two-stage review");
    const before = await textOf(page);
    await page.getByRole("link", { name: "YAML" }).click();
    await page.locator(".cm-content").click();
    await page.keyboard.press("Control+End");
    await changeBuilder(page, () => page.keyboard.insertText("# at the end\nstages: 1\n"));
    expect(await page.locator("#builder-findings li.failed").first().innerText()).toContain("stages");
    expect(await page.locator(".cm-lint-marker-error").count()).toBe(1);
    await changeBuilder(page, () => page.locator("#undo-button").click());
    expect(await textOf(page)).toBe(before);
    await page.waitForFunction(
      "!document.querySelector('.cm-host').shadowRoot.textContent.includes('at the end')",
    );
    await changeBuilder(page, async () => {
      await page.locator('[name="workflow.name"]').fill("Checked twice");
      await page.keyboard.press("Tab");
    });
    await page.locator(".cm-content", { hasText: "name: Checked twice" }).waitFor();
    await page.locator(".cm-content").click();
    await page.keyboard.press("Control+End");
    await changeBuilder(page, () => page.keyboard.insertText("# kept"));
    expect(await textOf(page)).toContain("name: Checked twice");
    expect(await textOf(page)).toEndWith("# kept");
    expect(await page.title()).toStartWith("●");
    await page.close();
  });

  test("keys, stages and expressions are completed", async () => {
    const page = await visit(await site("builder-complete", []), "/workflows/new");
    await begin(page, "Two-stage review");
    await page.getByRole("link", { name: "YAML" }).click();
    await page.locator(".cm-content").click();
    await page.keyboard.press("Control+End");
    /** Each key changes what is offered: what the last one has brought is waited for. */
    const isOffered = async (typed: string, word: string): Promise<void> => {
      await page.keyboard.type(typed);
      await page.locator(".cm-tooltip-autocomplete li", { hasText: word }).first().waitFor();
    };
    await isOffered("  - id: last\ncon", "condition");
    await page.keyboard.press("Escape");
    expect(await axeFindings(page)).toEqual([]);
    await isOffered("dition: stages.rev", "stages.review.outputs.verdict");
    await page.close();
  });
});

describe.skipIf(!hasChromium)("with scripts off", () => {
  test("stages are added, edited, moved, removed, and what was done is undone", async () => {
    const page = await visit(await site("builder-forms", []), "/workflows/new", { scripts: false });
    await begin(page, "Empty", false);
    const names = async (): Promise<string> => {
      const all = await page.locator(".stage-card input.name").all();
      return (await Promise.all(all.map((input) => input.inputValue()))).join(", ");
    };
    for (const name of ["First", "Second"]) {
      await page.getByRole("button", { name: "Add stage" }).click();
      const editor = page.locator("#stage-editor[open]");
      await editor.getByLabel("Name").first().fill(name);
      await editor.getByLabel("Agent", { exact: true }).fill("agent:talker");
      await editor.getByRole("button", { name: "Apply" }).last().click();
      await page.locator("#stage-editor").getByRole("link", { name: "Done" }).click();
    }
    expect(await names()).toBe("First, Second");
    await page.getByRole("button", { name: "Move Second up" }).click();
    expect(await names()).toBe("Second, First");
    expect(await page.locator(".toast").innerText()).toContain("place 1 of 2");
    await page.getByRole("button", { name: "More for Second" }).click();
    await page.getByRole("button", { name: "Remove" }).first().click();
    expect(await names()).toBe("First");
    await page.getByRole("button", { name: /^Undo/ }).click();
    expect(await names()).toBe("Second, First");
    await page.getByRole("link", { name: "YAML" }).click();
    await page
      .locator("#yaml")
      .fill((await page.locator("#yaml").inputValue()).replace("name: First", "name: By text"));
    await page.locator("#yaml-form").getByRole("button", { name: "Apply" }).click();
    expect(await names()).toBe("Second, By text");
    await page.close();
  });
});

describe.skipIf(!hasChromium)("on a phone", () => {
  test("a stage is added between two, given an agent, and saved", async () => {
    const here = await site("builder-phone", []);
    const page = await visit(here, "/workflows/new", { width: 390 });
    await begin(page, "Two-stage review");
    expect(await goesSideways(page)).toBe(false);
    await page.getByRole("button", { name: "Add between Work and Review" }).tap();
    await changeBuilder(page, () =>
      page.locator("[popover]:popover-open").getByRole("button", { name: "Gate" }).tap(),
    );
    await page.locator("#stage-editor:modal").waitFor();
    expect(await page.locator("#stage-editor").boundingBox()).toMatchObject({ x: 0, width: 390 });
    await closeStage(page);
    expect(await textOf(page)).toContain("depends_on: [approval]");
    await page.getByRole("button", { name: "Save & close" }).tap();
    await page.waitForURL(/workflows\/two-stage-review$/);
    await page.close();
  });
});

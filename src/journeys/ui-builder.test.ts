import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Page } from "playwright-core";
import { axeFindings, goesSideways, hasChromium, lone, shot, sites } from "./ui-browser.ts";
import { begin, changed, closeStage } from "./ui-builder-visit.ts";

const { site, visit } = sites();
// A browser beside other work takes its time; what is waited for is waited for by name.
setDefaultTimeout(60_000);

const names = (page: Page): Promise<string[]> =>
  page
    .locator(".stage-card input.name")
    .evaluateAll((all) => all.map((each) => (each as unknown as { value: string }).value));

/** What the form alone has made: pleasant to read. */
const written = `workflow:
  id: tell-and-ship
  name: Tell and ship

stages:
  - id: tell
    name: Tell
    roles:
      primary: agent:talker

  - id: good-enough
    name: Good enough?
    type: gate
    depends_on: [tell]
    gate:
      message: May it go on?

  - id: ship
    name: Ship
    depends_on: [good-enough]
    roles:
      primary: agent:talker
`;

describe.skipIf(!hasChromium)("the builder", () => {
  test("makes a two-stage workflow with a gate by form alone; the file is valid", async () => {
    const here = await site("builder-new", []);
    const page = await visit(here, "/workflows/new");
    await begin(page, "Empty");
    await changed(page, () =>
      page.locator('#side-form [name="workflow.name"], [name="workflow.name"]').first().fill("Tell and ship"),
    );
    for (const [name, word] of [
      ["Tell", "stage"],
      ["Good enough?", "gate"],
      ["Ship", "stage"],
    ]) {
      await changed(page, () => page.getByRole("button", { name: `Add ${word}`, exact: true }).click());
      await page.locator("#stage-editor:modal").waitFor();
      await changed(page, () => page.locator('#stage-editor [name="name"]').fill(name ?? ""));
      const agent = page.locator('#stage-editor [name="roles.primary.artifact"]');
      if (word === "stage") {
        await changed(page, async () => {
          await agent.fill("agent:talker");
          await agent.press("Tab");
        });
      }
      await closeStage(page);
    }
    expect(await page.locator(".stage-card").count()).toBe(3);
    await shot(page, "builder-new");
    await page.keyboard.press("Control+Enter");
    await page.waitForURL(/\/workflows\/tell-and-ship$/);
    const { code, stdout } = await here.journey.run(["workflow", "validate", "tell-and-ship"]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("valid")]);
    const exported = await page.context().request.get(`${here.url}/workflows/tell-and-ship/export`);
    expect(await exported.text()).toBe(written);
    await page.getByRole("link", { name: "Run Tell and ship" }).click();
    await page.locator("#run-form").getByRole("button", { name: "Run" }).click();
    await page.waitForURL(/\/executions\/.+/);
    await page.locator("[data-gate]").first().waitFor();
    await page.close();
  });

  test("reorders by buttons and keys, says the new place, keeps the focus; a removal can be undone", async () => {
    const here = await site("builder-move", []);
    const page = await visit(here, "/workflows/new");
    await begin(page, "Parallel implementation with gate");
    const before = await names(page);
    await changed(page, () =>
      page.locator(".stage-card").nth(1).getByRole("button", { name: /down$/ }).click(),
    );
    const after = await names(page);
    expect(after.toSorted()).toEqual(before.toSorted());
    expect(after).not.toEqual(before);
    expect(await page.locator("#say").textContent()).toContain("place 3 of");
    const focused = await page.evaluate<string>("document.activeElement.id");
    expect(focused).toStartWith("down-");
    await changed(page, async () => {
      await page.locator("[data-handle]").first().focus();
      for (const key of ["Space", "ArrowDown", "Space"]) await page.keyboard.press(key);
    });
    expect(await names(page)).not.toEqual(after);
    const whole = await names(page);
    await page.locator(".stage-card").last().getByRole("button", { name: /^More/ }).click();
    await changed(page, () => page.locator(".stage-card").last().locator("[data-remove]").click());
    expect((await names(page)).length).toBe(whole.length - 1);
    await changed(page, () => page.locator("#undo-button").click());
    expect(await names(page)).toEqual(whole);
    await page.close();
  });

  test("moves a stage by drag and by the dialog, in the page and in the file", async () => {
    const here = await site("builder-drag", []);
    const page = await visit(here, "/workflows/new");
    await begin(page, "Two-stage review");
    const [first = "", second = ""] = await names(page);
    // A hover waits for the card to stand still: where it was first drawn, the hand would miss it.
    await page.locator("[data-handle]").first().hover();
    const grip = await page.locator("[data-handle]").first().boundingBox();
    const below = await page.locator(".stage-card").last().boundingBox();
    await changed(page, async () => {
      await page.mouse.move((grip?.x ?? 0) + 5, (grip?.y ?? 0) + 5);
      await page.mouse.down();
      // The list looks under the hand a few times a second: the hand goes on until the cards have made way.
      const swapped = page.locator('#flow-list > [data-at="1"] ~ [data-at="0"]:not(.is-dragged)');
      const [x, top] = [(below?.x ?? 0) + 60, grip?.y ?? 0];
      const way = (below?.y ?? 0) + (below?.height ?? 0) - top;
      for (let n = 0; n < 300 && (await swapped.count()) === 0; n++) {
        await page.mouse.move(x + (n % 3), top + way * Math.min(0.95, 0.3 + n / 100));
      }
      await page.mouse.up();
    });
    await page.getByRole("link", { name: "YAML" }).click();
    await page.locator(".cm-content").waitFor();
    const text = await page.locator("#yaml").inputValue();
    expect(text.indexOf(`name: ${second}`)).toBeLessThan(text.indexOf(`name: ${first}`));
    await page.getByRole("link", { name: "Stages" }).click();
    const moved = page.locator(".stage-card", { has: page.locator(`input[value="${first}"]`) });
    await moved.getByRole("button", { name: /^More/ }).click();
    await moved.getByRole("link", { name: "Move to…" }).click();
    await page.locator("#move-place").selectOption("0");
    await changed(page, () => page.locator("#move-form").getByRole("button", { name: "Move" }).click());
    expect(await page.locator("#say").textContent()).toContain(`${first} is at place 1 of 2`);
    await page.close();
  });

  test("leads from nothing to a run by keyboard alone", async () => {
    const here = await site("builder-keys", []);
    const page = await visit(here, "/workflows/new");
    const press = async (...keys: string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await page.getByRole("button", { name: "Begin with this: Empty" }).focus();
    await press("Enter");
    await page.waitForURL(/\/workflows\/new\/.+/);
    await page.locator("html.scripted").waitFor({ state: "attached" });
    for (const [key, name] of [
      ["n", "Speak"],
      ["gate", "Enough?"],
      ["n", "Close"],
    ] as const) {
      await changed(page, async () => {
        if (key === "n") return press("n");
        await page.getByRole("button", { name: "Add gate" }).focus();
        await press("Enter");
      });
      await page.locator("#stage-editor:modal").waitFor();
      // The first field takes the hand once the editor has settled; letters typed sooner go elsewhere.
      await page.locator("#stage-editor input:focus").waitFor();
      await changed(page, async () => {
        await press("Control+a");
        await page.keyboard.type(name);
      });
      if (key === "n") {
        await page.locator('#stage-editor [name="roles.primary.artifact"]').focus();
        await changed(page, async () => {
          await page.keyboard.type("agent:talker");
          await press("Tab");
        });
      }
      await page.locator("#stage-editor").getByRole("link", { name: "Done" }).focus();
      await press("Enter");
      await page.locator("#stage-editor:modal").waitFor({ state: "hidden" });
    }
    await press("Control+Enter");
    await page.waitForURL(/\/workflows\/[a-z-]+$/);
    await press("x");
    await page.getByRole("dialog").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: /^Run/ }).focus();
    await press("Enter");
    await page.waitForURL(/\/executions\/.+/);
    await page.close();
  });

  test("shows both versions when the file was changed meanwhile, and loses neither", async () => {
    const here = await site("builder-stale");
    const page = await visit(here, "/workflows/lone/edit");
    await page.locator("html.scripted").waitFor({ state: "attached" });
    await changed(page, async () => {
      await page.locator(".stage-card input.name").first().fill("Mine");
      await page.locator(".stage-card input.name").first().blur();
    });
    const theirs = here.journey.write("theirs.yaml", lone.replace("Lone speaker", "Theirs"));
    await here.journey.run(["workflow", "create", theirs, "--force"]);
    await page.keyboard.press("Control+s");
    await page.locator(".conflict").waitFor();
    expect(await page.locator("#theirs").inputValue()).toContain("Theirs");
    expect(await names(page)).toContain("Mine");
    await changed(page, () => page.getByRole("button", { name: "Take the saved one" }).click());
    expect(await page.locator(".conflict").count()).toBe(0);
    await page.close();
  });

  test("shows what the text says, and the text what the form says", async () => {
    const here = await site("builder-yaml", []);
    const page = await visit(here, "/workflows/new");
    await begin(page, "Two-stage review");
    await changed(page, async () => {
      await page.locator(".stage-card input.name").first().fill("Write it");
      await page.locator(".stage-card input.name").first().blur();
    });
    await page.getByRole("link", { name: "YAML" }).click();
    await page.locator(".cm-content").waitFor();
    expect(await page.locator("#yaml").inputValue()).toContain("name: Write it");
    expect(await page.locator("#yaml").inputValue()).toContain("# One agent does the work");
    await page.close();
  });

  for (const theme of ["light", "dark"] as const) {
    for (const width of [1280, 390]) {
      test(`has nothing that axe finds wrong, ${theme}, ${width} px, with the editor open and shut`, async () => {
        const here = await site(`builder-axe-${theme}-${width}`, []);
        const page = await visit(here, "/workflows/new", { theme, width });
        expect(await axeFindings(page)).toEqual([]);
        await begin(page, "Delivery");
        expect(await axeFindings(page)).toEqual([]);
        expect(await goesSideways(page)).toBe(false);
        await shot(page, `builder-${theme}-${width}`);
        await page.locator("[data-edit]").first().click();
        await page.locator("#stage-editor:modal").waitFor();
        expect(await axeFindings(page)).toEqual([]);
        await shot(page, `builder-editor-${theme}-${width}`);
        await page.close();
      });
    }
  }

  test("adds, names and saves with scripts off", async () => {
    const here = await site("builder-plain", []);
    const page = await visit(here, "/workflows/new", { scripts: false });
    await begin(page, "Two-stage review", false);
    await page.locator(".stage-card input.name").first().fill("By hand");
    await page.locator(".stage-card input.name").first().press("Enter");
    await page.waitForLoadState();
    expect(await names(page)).toContain("By hand");
    await page.getByRole("button", { name: "Save & close" }).click();
    await page.waitForURL(/\/workflows\/two-stage-review/);
    await page.close();
  });
});

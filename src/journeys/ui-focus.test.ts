import { describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { until } from "../testing/journey-until.ts";
import { hasChromium, shot, sites, tabTo, type Site } from "./ui-browser.ts";
import { begin, changeBuilder } from "./ui-builder-visit.ts";

const { site, visit } = sites();

const focused = (page: Page): Promise<string> =>
  page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent");
const isInside = (page: Page, selector: string): Promise<boolean> =>
  page.evaluate(`document.activeElement.closest(${JSON.stringify(selector)}) !== null`);

const twoGates = `workflow: { id: pair, name: Pair }
stages:
  - { id: first, type: gate, gate: { message: One? } }
  - { id: second, type: gate, depends_on: [], gate: { message: Two? } }
`;

/** Decides a gate as another terminal does. */
async function decide(
  { journey }: Site,
  runId: string,
  { stage, decision, comment = "" }: { stage: string; decision: "approve" | "reject"; comment?: string },
): Promise<void> {
  const words = comment === "" ? [] : ["--comment", comment];
  const args = ["workflow", decision, runId, stage, "--yes", "--as", "ada", ...words];
  const { code, stderr } = await journey.run(args);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
}

/** Runs in the page: how a shape is painted. */
const painted = (shape: unknown): string => {
  const { getComputedStyle } = globalThis as unknown as Record<
    string,
    (of: unknown) => Record<string, string>
  >;
  const { fill, stroke, strokeWidth } = getComputedStyle?.(shape) ?? {};
  return `${fill} ${stroke} ${strokeWidth}`;
};

/** Where the keyboard is after what it has done. */
describe.skipIf(!hasChromium)("the focus", () => {
  test("goes through a menu by arrows, and shuts it by leaving it", async () => {
    const page = await visit(await site("focus-menu"), "/workflows");
    await tabTo(page, page.getByRole("button", { name: "More actions for Lone speaker" }));
    await page.keyboard.press("ArrowDown");
    expect(await focused(page)).toBe("Edit");
    await page.keyboard.press("ArrowUp");
    expect(await focused(page)).toBe("Delete…");
    await page.keyboard.press("ArrowDown");
    expect(await focused(page)).toBe("Edit");
    await tabTo(page, page.getByRole("link", { name: "Run Lone speaker" }));
    expect(await page.locator(":popover-open").count()).toBe(0);
  });

  test("is on the same control after a filter, a sort or a tab has brought another page", async () => {
    const here = await site("focus-place");
    const page = await visit(here, "/workflows");
    await tabTo(page, page.locator('[popovertarget="states"]'));
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(/status=draft/);
    await until("it is on the menu's button", () => isInside(page, '[popovertarget="states"]'));
    await page.goto(`${here.url}/workflows/talk`);
    await tabTo(page, page.locator(".tabs a", { hasText: "Settings" }));
    await page.keyboard.press("Enter");
    await page.waitForURL(/talk\/settings/);
    await until("it is on the tab", async () => (await focused(page)) === "Settings");
  });

  test("is taken for the gate that a key means, and the dialog names its run", async () => {
    const here = await site("focus-gates");
    for (const topic of ["one", "two"]) {
      const runId = await here.start("talk", { topic, lines: 1 });
      const waits = async (): Promise<boolean> => (await here.execution(runId)).waiting_gates.length > 0;
      await until("its gate waits", waits);
    }
    const page = await visit(here, "/approvals");
    const last = page.locator(".approval").nth(1);
    const name = /#\w+/.exec(await last.locator("h2").first().innerText())?.[0] ?? "";
    await tabTo(page, last.locator('[data-key="r"]'));
    await page.keyboard.press("r");
    const dialog = page.locator("dialog[open]");
    expect(await dialog.innerText()).toContain(`Run ${name} of talk`);
    await page.keyboard.type("ann");
    await page.keyboard.press("Tab");
    // A space is a space: it decides nothing.
    await page.keyboard.type("no good");
    expect(await dialog.getByLabel("Comment").inputValue()).toBe("no good");
    await page.keyboard.press("Enter");
    await page.locator(".toast", { hasText: "Rejected" }).waitFor();
    const runs = (await here.journey.run(["workflow", "runs", "--format", "json"])).stdout;
    expect(runs).toContain("no good");
  });

  test.each(["light", "dark"] as const)(
    "in the graph looks like nothing that is chosen, and what is chosen like nothing else: %s",
    async (theme) => {
      const here = await site(`focus-graph-${theme}`);
      const runId = await here.start("talk", { topic: "one", lines: 1 });
      await until("its gate waits", async () => (await here.execution(runId)).waiting_gates.length > 0);
      const page = await visit(here, `/workflows/talk/executions/${runId}?view=graph&stage=left`, { theme });
      const look = async (stage: string): Promise<{ box: string; ring: string }> => ({
        box: await page.locator(`#node-${stage} .box`).evaluate(painted),
        ring: await page.locator(`#node-${stage} .ring`).evaluate(painted),
      });
      const [plain, chosen] = [await look("right"), await look("left")];
      await tabTo(page, page.locator("#node-right"));
      const focusedOnly = await look("right");
      await shot(page, `graph-focus-${theme}`);
      expect(chosen.box).not.toBe(plain.box);
      expect(chosen.ring).toBe(plain.ring);
      expect(focusedOnly.box).toBe(plain.box);
      expect(focusedOnly.ring).not.toBe(plain.ring);
      await page.keyboard.press("k");
      await page.waitForURL(/stage=intro/);
      await until("it is drawn so", async () => (await look("intro")).box === chosen.box);
      expect((await look("intro")).ring).toBe(focusedOnly.ring);
    },
  );

  test("is on the next gate of the inbox when one is decided, and on the word that none is left", async () => {
    const here = await site("focus-inbox", [twoGates]);
    await here.start("pair");
    const page = await visit(here, "/approvals");
    await page.locator("[data-gate]").nth(1).waitFor();
    await page.keyboard.press("a");
    await page.keyboard.type("ann");
    await page.keyboard.press("Enter");
    // Not on its button: an Enter that is held must not decide the next one too.
    await page.locator('[aria-label="Gate second"]:focus').waitFor();
    await page.keyboard.press("r");
    await page.getByRole("dialog", { name: "Reject “second”?" }).waitFor();
    await page.keyboard.press("Enter");
    await page.locator("h2:focus", { hasText: "Nothing waits for you" }).waitFor();
  });

  test.each([
    [
      "the run's page",
      (runId: string) => `/workflows/pair/executions/${runId}`,
      "approve",
      "Approved by ada",
    ],
    ["the inbox", () => "/approvals", "reject", "Rejected by ada: no"],
  ] as const)(
    "is on who has decided a gate whose dialog is open: %s",
    async (_name, path, decision, said) => {
      const here = await site(`focus-elsewhere-${decision}`, [twoGates]);
      const runId = await here.start("pair");
      const page = await visit(here, path(runId));
      await page.locator("[data-gate]").nth(1).waitFor();
      await page.keyboard.press("a");
      const dialog = page.locator("dialog:modal");
      await dialog.getByLabel("Comment").focus();
      await page.keyboard.type("what I think of it");
      await decide(here, runId, { stage: "second", decision: "approve" });
      await page.locator('[aria-label="Gate second"]').waitFor({ state: "detached" });
      // Of another gate it does not hear.
      expect(await dialog.getByLabel("Comment").inputValue()).toBe("what I think of it");
      await decide(here, runId, { stage: "first", decision, comment: decision === "reject" ? "no" : "" });
      await dialog.getByRole("heading", { name: "“first” waits no longer" }).waitFor();
      await dialog.locator("p:focus", { hasText: said }).waitFor();
      await shot(page, `gate-elsewhere-${decision}`);
      // Keys that were meant for the comment do nothing.
      await page.keyboard.type("a ");
      expect(await dialog.count()).toBe(1);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      await until("it is on the page's main part", () => isInside(page, "main"));
    },
  );

  test("is on what is wrong with a text that could not be imported", async () => {
    const page = await visit(await site("focus-import", []), "/workflows/import");
    await page.getByLabel("Its YAML").fill("workflow: { id: x }\nstages: []\n");
    await page.getByRole("button", { name: "Import" }).press("Enter");
    await page.locator(".notice:focus", { hasText: "error" }).waitFor();
  });

  test("does not find another control under it when a run ends by itself", async () => {
    const here = await site("focus-end");
    here.hold();
    const runId = await here.start("lone");
    const page = await visit(here, `/workflows/lone/executions/${runId}`);
    await tabTo(page, page.getByRole("button", { name: "Cancel", exact: true }));
    here.release();
    await page.locator("#run-head .badge", { hasText: "Completed" }).waitFor();
    await until("it is on the page's main part", () => isInside(page, "main"));
    expect(await isInside(page, "button")).toBe(false);
  });

  test("is on the way back where something would be lost", async () => {
    const here = await site("focus-safe");
    const page = await visit(here, "/workflows/talk/delete");
    const isKept = async (): Promise<boolean> => (await focused(page)) === "Keep it as it is";
    await until("it is on the way back from deleting", isKept);
    await page.goto(`${here.url}/workflows/talk/edit/discard`);
    await until("it is on the way back from discarding", isKept);
    here.hold();
    const runId = await here.start("lone");
    for (const [path, opener, safe] of [
      ["/workflows/executions", "Cancel the chosen", "Let them run"],
      [`/workflows/lone/executions/${runId}`, "Cancel", "Let it run"],
    ] as const) {
      await page.goto(here.url + path);
      await page.getByRole("button", { name: opener, exact: true }).press("Enter");
      await page.locator("dialog:modal").waitFor();
      expect(await focused(page)).toBe(safe);
    }
  });

  test("comes to the workflow's name in few keys, however many stages there are before it", async () => {
    const stages = Array.from(
      { length: 60 },
      (_, at) => `  - { id: s${at}, roles: { primary: agent:talker } }`,
    );
    const long = ["workflow: { id: long, name: Long }", "stages:", ...stages, ""].join("\n");
    const here = await site("focus-long", [long]);
    const page = await visit(here, "/workflows/long/edit");
    const skip = page.getByRole("link", { name: "Skip to the name and settings" });
    for (const key of ["Tab", "Tab"]) await page.keyboard.press(key);
    await shot(page, "builder-skip");
    expect(await isInside(page, ".skip")).toBe(true);
    await skip.press("Enter");
    await page.locator('input[name="workflow.name"]:focus').waitFor();
    const phone = await visit(here, "/workflows/long/edit", { width: 390 });
    await phone.getByRole("link", { name: "Skip to the name and settings" }).press("Enter");
    await phone.locator('input[name="workflow.name"]:focus').waitFor();
    // Head and bar stay, with the field between them.
    expect(await phone.evaluate("document.documentElement.scrollTop")).toBe(0);
    const tabs = (await phone.locator(".builder > .tabs").boundingBox()) ?? { y: 0, height: 0 };
    const label = await phone.locator('label[for="w-workflow-name"]').boundingBox();
    expect(label?.y).toBeGreaterThan(tabs.y + tabs.height);
  });

  test("stays in the builder where it was when a change is taken back by keys", async () => {
    const page = await visit(await site("focus-undo", []), "/workflows/new");
    await begin(page, "Two-stage review");
    const down = page.locator(".stage-card").first().getByRole("button", { name: /down$/ });
    await tabTo(page, down);
    await changeBuilder(page, () => page.keyboard.press("Enter"));
    await changeBuilder(page, () => page.keyboard.press("Control+z"));
    await until("it is on the card", () => isInside(page, ".stage-card"));
  });

  test("leaves the text of the builder by Escape and Tab, which its description says", async () => {
    const here = await site("focus-yaml");
    const page = await visit(here, "/workflows/lone/edit?tab=yaml");
    const content = page.locator(".cm-content");
    await content.focus();
    const described = await content.getAttribute("aria-describedby");
    expect(await page.locator(`#${described}`).innerText()).toContain("Escape, then Tab leaves");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
    expect(await isInside(page, ".cm-content")).toBe(false);
  });
});

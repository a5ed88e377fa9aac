import { describe, expect, test } from "bun:test";
import { axeFindings, goesSideways, hasChromium, lone, shot, sites, tabTo } from "./ui-browser.ts";
import type { Route } from "playwright-core";
import { begin, changeBuilder, closeStage, stageNames } from "./ui-builder-visit.ts";

const { site, visit } = sites();

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
    await changeBuilder(page, () =>
      page.locator('#side-form [name="workflow.name"], [name="workflow.name"]').first().fill("Tell and ship"),
    );
    for (const [name, word] of [
      ["Tell", "stage"],
      ["Good enough?", "gate"],
      ["Ship", "stage"],
    ]) {
      await changeBuilder(page, () => page.getByRole("button", { name: `Add ${word}`, exact: true }).click());
      await page.locator("#stage-editor:modal").waitFor();
      await changeBuilder(page, () => page.locator('#stage-editor [name="name"]').fill(name ?? ""));
      const agent = page.locator('#stage-editor [name="roles.primary.artifact"]');
      if (word === "stage") {
        await changeBuilder(page, async () => {
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

  test("leads from nothing to a run past its gate by keyboard alone", async () => {
    const here = await site("builder-keys", []);
    const page = await visit(here, "/workflows/new");
    const press = (key: string): Promise<void> => page.keyboard.press(key);
    const button = (name: string | RegExp) => page.getByRole("button", { name });
    await tabTo(page, button("Begin with this: Empty"));
    await press("Enter");
    await page.waitForURL(/\/workflows\/new\/.+/);
    await page.locator("html.scripted").waitFor({ state: "attached" });

    const editor = page.locator("#stage-editor");
    const nameIt = async (name: string): Promise<void> => {
      // The first field takes the hand once the editor has settled; letters typed sooner go elsewhere.
      await editor.locator("input:focus").waitFor();
      await press("Control+a");
      await changeBuilder(page, () => page.keyboard.type(name));
    };
    const addStage = async (name: string): Promise<void> => {
      await changeBuilder(page, () => press("n"));
      await nameIt(name);
      await tabTo(page, editor.locator('[name="roles.primary.artifact"]'));
      await page.keyboard.type("agent:talker");
      await changeBuilder(page, () => press("Tab"));
      await tabTo(page, editor.getByRole("link", { name: "Done" }));
      await press("Enter");
      await page.locator("#stage-editor:modal").waitFor({ state: "hidden" });
    };
    await addStage("Tell");
    await tabTo(page, button("Add gate"));
    await changeBuilder(page, () => press("Enter"));
    await nameIt("Good enough?");
    await press("Escape");
    await page.locator("#stage-editor:modal").waitFor({ state: "hidden" });
    await addStage("Ship");
    await tabTo(page, page.getByLabel("Name", { exact: true }));
    await press("Control+a");
    await page.keyboard.type("Tell and ship");
    await changeBuilder(page, () => press("Tab"));

    await press("Control+Enter");
    await page.waitForURL(/\/workflows\/tell-and-ship$/);
    const exported = await page.context().request.get(`${here.url}/workflows/tell-and-ship/export`);
    expect(await exported.text()).toBe(written);
    await press("x");
    await page.getByRole("dialog").waitFor();
    await tabTo(page, page.getByRole("dialog").getByRole("button", { name: /^Run/ }));
    await press("Enter");
    await page.waitForURL(/\/executions\/.+/);
    await page.locator("[data-gate]").first().waitFor();
    await press("a");
    await page.keyboard.type("ann");
    await press("Enter");
    await page.locator("#run-head .badge", { hasText: "Completed" }).waitFor();
    await page.close();
  });

  test("lets the id of a new workflow follow its name also into a field that has the focus", async () => {
    const here = await site("builder-id-follows", []);
    const page = await visit(here, "/workflows/new");
    await begin(page, "Empty");
    const field = (name: string) => page.locator(`#w-workflow-${name}`);
    await field("name").focus();
    await page.keyboard.press("Control+a");
    await changeBuilder(page, () => page.keyboard.type("Tell"));
    expect(await field("id").inputValue()).toBe("tell");
    const asked = Promise.withResolvers<Route>();
    await page.route(/\/settings$/, (route) => asked.resolve(route), { times: 1 });
    await page.keyboard.type(" all");
    const route = await asked.promise;
    await page.keyboard.press("Tab");
    await page.locator("#w-workflow-id:focus").waitFor();
    await changeBuilder(page, () => route.continue());
    await page.locator('#w-workflow-id[value="tell-all"]').waitFor();
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("End");
    await changeBuilder(page, () => page.keyboard.type("!"));
    expect(await field("id").inputValue()).toBe("tell-all");
  });

  test("asks on a page of its own before a draft is lost, by keys and with scripts off", async () => {
    const here = await site("builder-discard");
    const page = await visit(here, "/workflows/lone/edit");
    await page.locator("html.scripted").waitFor({ state: "attached" });
    await changeBuilder(page, async () => {
      await page.locator(".stage-card input.name").first().fill("Mine");
      await page.locator(".stage-card input.name").first().blur();
    });
    await page.getByRole("button", { name: /^More: publish/ }).press("Enter");
    await page.getByRole("link", { name: "Discard the changes…" }).press("Enter");
    await page.getByRole("heading", { name: "Discard the changes of Lone speaker?" }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole("link", { name: "Keep it as it is" }).press("Enter");
    await page.waitForURL(/\/edit$/);
    expect(await stageNames(page)).toContain("Mine");
    await page.close();

    const plain = await visit(here, "/workflows/lone/edit/discard", { scripts: false });
    await plain.getByRole("button", { name: "Discard" }).click();
    await plain.waitForURL(/\/workflows\/lone$/);
    await plain.goto(`${here.url}/workflows/lone/edit`);
    expect(await stageNames(plain)).not.toContain("Mine");
    await plain.close();
  });

  test("shows both versions when the file was changed meanwhile, and loses neither", async () => {
    const here = await site("builder-stale");
    const page = await visit(here, "/workflows/lone/edit");
    await page.locator("html.scripted").waitFor({ state: "attached" });
    await changeBuilder(page, async () => {
      await page.locator(".stage-card input.name").first().fill("Mine");
      await page.locator(".stage-card input.name").first().blur();
    });
    const theirs = here.journey.write("theirs.yaml", lone.replace("Lone speaker", "Theirs"));
    await here.journey.run(["workflow", "create", theirs, "--force"]);
    await page.keyboard.press("Control+s");
    await page.locator(".conflict").waitFor();
    expect(await page.locator("#theirs").inputValue()).toContain("Theirs");
    expect(await stageNames(page)).toContain("Mine");
    for (const theme of ["light", "dark"] as const) {
      for (const width of [1280, 390]) {
        const other = await visit(here, "/workflows/lone/edit", { theme, width });
        expect(await axeFindings(other)).toEqual([]);
        expect(await goesSideways(other)).toBe(false);
        await shot(other, `builder-conflict-${theme}-${width}`);
        await other.close();
      }
    }
    await changeBuilder(page, () => page.getByRole("button", { name: "Take the saved one" }).click());
    expect(await page.locator(".conflict").count()).toBe(0);
    await page.close();
  });

  test("shows what the text says, and the text what the form says", async () => {
    const here = await site("builder-yaml", []);
    const page = await visit(here, "/workflows/new");
    await begin(page, "Two-stage review");
    await changeBuilder(page, async () => {
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
    expect(await stageNames(page)).toContain("By hand");
    await page.getByRole("link", { name: "YAML" }).click();
    const text = await page.locator("#yaml").boundingBox();
    const pane = await page.locator("#yaml-pane").boundingBox();
    expect(text?.height).toBeGreaterThan(0.6 * 800 - 1);
    expect(text?.width).toBe(pane?.width ?? 0);
    await shot(page, "builder-yaml-plain");
    await page.getByRole("button", { name: "Save & close" }).click();
    await page.waitForURL(/\/workflows\/two-stage-review/);
    await page.close();
  });
});

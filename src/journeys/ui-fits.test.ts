import { describe, expect, test } from "bun:test";
import { until } from "../testing/journey-until.ts";
import { begin, changeBuilder } from "./ui-builder-visit.ts";
import { goesSideways, hasChromium, shot, sites, type Site } from "./ui-browser.ts";

const { site, visit } = sites();

const longName = "The stage whose name is much longer than any card has room for beside all the rest";
const failing = `workflow: { id: failing, name: Failing }
error_policy: { default_retry: { max_attempts: 1 } }
stages:
  - { id: long, name: ${longName}, roles: { primary: agent:talker } }
`;
const chain = Array.from({ length: 199 }, (_, at) => {
  const before = at === 0 ? "ask" : `s${at - 1}`;
  return `  - { id: s${at}, depends_on: [${before}], roles: { primary: agent:talker } }\n`;
});
const endless = `workflow: { id: endless, name: Endless }
stages:
  - { id: ask, type: gate, gate: { message: Go on? } }
${chain.join("")}`;
const shards = Array.from({ length: 40 }, (_, at) => `s${at}`);
const fanned = `workflow: { id: fanned, name: Fanned }
stages:
  - { id: ask, type: gate, gate: { message: Go on? } }
${shards.map((id) => `  - { id: ${id}, depends_on: [ask], roles: { primary: agent:talker } }\n`).join("")}
  - { id: last, depends_on: [ask, ${shards.join(", ")}], roles: { primary: agent:talker } }
`;
const wide = `workflow: { id: wide, name: Wide }
stages:
${Array.from({ length: 180 }, (_, at) => `  - { id: w${at}, depends_on: [], roles: { primary: agent:talker } }\n`).join("")}`;

const asked = `workflow: { id: asked, name: Asked }
config: { parameters: { subject: { type: string, required: true, description: What it is about } } }
stages:
  - id: long
    description: It says much of itself, so that its card is higher than that of its neighbour.
    roles: { primary: agent:talker }
    inputs: { subject: { type: string, source: parameters.subject } }
    outputs: { said: { type: integer } }
  - { id: short, roles: { primary: agent:talker } }
`;

const unprepared = `workflow: { id: unprepared, name: Unprepared }
stages:
  - { id: build, roles: { primary: agent:nobody } }
`;

const pagesWithEdges = ["/workflows", "/workflows?view=list", "/workflows/executions", "/workflows/asked"]
  .concat(["/workflows/asked/settings", "/workflows/asked/history", "/workflows/asked/executions"])
  .concat(["/approvals", "/agents", "/settings", "/workflows/new", "/workflows/import"]);

/** Runs in the page: where what each of its parts holds begins. */
const edgesInPage = `(() => {
  const parts = [".top > h1", ".whead", ".tabs", ".sheet", ".bar", ".cards", "#list .tablewrap"];
  return parts.flatMap((part) => [...document.querySelectorAll(part)].map((each) => {
    const inner = part === ".tabs" ? parseFloat(getComputedStyle(each.firstElementChild).paddingLeft) : 0;
    const left = each.getBoundingClientRect().left + parseFloat(getComputedStyle(each).paddingLeft) + inner;
    return [part, Math.round(left)];
  }));
})()`;

/** Runs in the page: names of workflows that are cut off. */
const cutNames = `[...document.querySelectorAll(".wf .nm a")].filter((each) =>
  each.scrollWidth > each.clientWidth + 1).map((each) => each.textContent)`;

let place: Site | null = null;
const here = async (): Promise<Site> =>
  (place ??= await site("fits", [failing, endless, fanned, wide, asked, unprepared]));

describe.skipIf(!hasChromium)("what is long or much stays in its place:", () => {
  test("a card of a run that failed at a stage with a long name, and shapes that are cut", async () => {
    const fits = await here();
    fits.journey.write("fail", "");
    const runId = await fits.start("failing");
    await until("it has failed", async () => (await fits.execution(runId)).status === "failed");
    for (const [width, theme] of [
      [1280, "light"],
      [320, "dark"],
    ] as const) {
      const page = await visit(fits, "/workflows", { width, theme });
      await shot(page, `fits-cards-${width}`);
      const burst = await page.evaluate(`[...document.querySelectorAll(".card")].flatMap((card) => {
        const { right } = card.getBoundingClientRect();
        return [...card.querySelectorAll(".last, .last *, svg, svg text")]
          .filter((each) => each.getBoundingClientRect().right > right + 0.5)
          .map((each) => card.id + " " + each.textContent);
      })`);
      expect(burst).toEqual([]);
      expect(await page.locator(".card .cut", { hasText: "+177" }).count()).toBe(1);
      expect(await goesSideways(page)).toBe(false);
    }
    const page = await visit(fits, "/workflows/new");
    await shot(page, "fits-beginnings");
    const cut = await page.evaluate(`[...document.querySelectorAll(".beginning")].flatMap((card) =>
      [...card.querySelectorAll("svg")].filter((each) =>
        each.getBoundingClientRect().right > card.getBoundingClientRect().right).map((each) => each.outerHTML))`);
    expect(cut).toEqual([]);
  });

  test("a run of 200 stages on a phone, which shows its chosen stage and nothing shifted", async () => {
    const fits = await here();
    const runId = await fits.start("endless");
    await fits.gateWaits(runId);
    const page = await visit(fits, `/workflows/endless/executions/${runId}?stage=s150`, { width: 390 });
    await until("its chip is in sight", async () => {
      const left = await page.locator('.strip [aria-current="step"]').boundingBox();
      return left !== null && left.x >= 0 && left.x + left.width <= 390;
    });
    const shifted = await page.evaluate(`[...document.querySelectorAll("*")]
      .filter((each) => each.scrollLeft !== 0 && !each.matches(".strip")).map((each) => each.className)`);
    expect(shifted).toEqual([]);
    expect((await page.locator(".segs > i").first().boundingBox())?.width).toBeGreaterThan(1);
    expect((await page.locator("#log-levels button").boundingBox())?.height).toBeGreaterThanOrEqual(44);
    await shot(page, "fits-200-stages");
  });

  test("a fan-out of forty in the graph, which opens on what is chosen", async () => {
    const fits = await here();
    const runId = await fits.start("fanned");
    await fits.gateWaits(runId);
    const page = await visit(fits, `/workflows/fanned/executions/${runId}?view=graph&stage=s7`);
    expect(await page.locator(".graph .group a").count()).toBe(40);
    const chosen = await page.locator("#node-s7").boundingBox();
    const column = await page.locator("#stages").boundingBox();
    expect(chosen && column && chosen.x > column.x && chosen.x + 20 < column.x + column.width).toBe(true);
    await shot(page, "fits-graph");
  });

  test("rows of executions and of workflows, one line each; the page's left edges are one", async () => {
    const fits = await here();
    fits.journey.write("fail", "");
    const runId = await fits.start("failing", {});
    await until("it has failed", async () => (await fits.execution(runId)).status === "failed");
    const page = await visit(fits, "/workflows/executions");
    const row = page.locator(`#run-${runId}`);
    expect(await row.innerText()).toContain(longName);
    expect((await row.boundingBox())?.height).toBeLessThan(48);
    expect((await row.locator("th").boundingBox())?.width).toBeLessThan(120);
    await shot(page, "fits-executions");
    await page.goto(`${fits.url}/workflows?view=list`);
    for (const line of await page.locator("tbody tr").all())
      expect((await line.boundingBox())?.height).toBeLessThan(56);
    await shot(page, "fits-list");
    const edges = [];
    for (const path of ["/workflows/failing", "/workflows/failing/settings", "/workflows/failing/history"]) {
      await page.goto(fits.url + path);
      const found = await page.evaluate(`[".crumb a", ".whead", ".sheet"].map((each) => {
        const element = document.querySelector(each);
        return Math.round(element.getBoundingClientRect().left + parseFloat(getComputedStyle(element).paddingLeft));
      })`);
      edges.push(...(found as number[]));
      await shot(page, `fits-detail-${edges.length}`);
    }
    expect(new Set(edges).size).toBe(1);
    expect(await page.getByRole("button", { name: "Compare" }).count()).toBe(0);
  });

  test.each([1280, 390])(
    "at %i px the content of every page begins at one edge, and names are whole",
    async (width) => {
      const fits = await here();
      const page = await visit(fits, "/workflows", { width });
      const edges = new Map<string, number>();
      for (const path of pagesWithEdges) {
        await page.goto(fits.url + path);
        for (const [name, left] of (await page.evaluate(edgesInPage)) as [string, number][])
          edges.set(`${path} ${name}`, left);
        expect(await goesSideways(page)).toBe(false);
      }
      const [first] = edges.values();
      expect([...edges].filter(([, left]) => left !== first)).toEqual([]);
      await page.goto(`${fits.url}/workflows?view=list`);
      expect(await page.evaluate(cutNames)).not.toContain("Failing");
      await page.goto(`${fits.url}/workflows/asked/settings`);
      const row = await page.locator("th", { hasText: "subject" }).boundingBox();
      const line = await page.locator("th", { hasText: "subject" }).locator("code").boundingBox();
      // Its name and "required" below it at most, not a letter a line.
      expect(row?.height).toBeLessThan(3.5 * (line?.height ?? 0));
      await shot(page, `fits-settings-${width}`);
    },
  );

  test("the library's title beside its buttons, and a run's parameter beside its state, at 320 px", async () => {
    const fits = await here();
    await fits.start("asked", { subject: "a parameter that is longer than a phone is wide" });
    const page = await visit(fits, "/workflows", { width: 320 });
    const title = await page.locator(".top h1").evaluate((each) => {
      const { scrollWidth, clientWidth } = each as unknown as { scrollWidth: number; clientWidth: number };
      return scrollWidth - clientWidth;
    });
    expect(title).toBeLessThanOrEqual(0);
    expect(await page.getByRole("link", { name: "Import YAML" }).isVisible()).toBe(true);
    await page.goto(`${fits.url}/workflows/executions`);
    const row = page.locator(".runs tbody tr").first();
    const subject = await row.locator(".subject").boundingBox();
    const state = await row.locator(".state").boundingBox();
    const id = await row.locator("th a").boundingBox();
    expect((id?.x ?? 0) + (id?.width ?? 999)).toBeLessThanOrEqual(subject?.x ?? 0);
    expect((subject?.x ?? 0) + (subject?.width ?? 999)).toBeLessThanOrEqual(state?.x ?? 0);
    await shot(page, "fits-executions-320");
  });

  test("cards side by side, each as high as what it says", async () => {
    const page = await visit(await here(), "/workflows/asked");
    const heights = await page
      .locator(".batch:first-of-type article")
      .evaluateAll((all) => all.map((each) => (each as unknown as { offsetHeight: number }).offsetHeight));
    expect(heights).toHaveLength(2);
    expect(heights[0]).toBeGreaterThan(heights[1] ?? 0);
  });

  test("the icons of a stage that is added to an empty builder", async () => {
    const page = await visit(await here(), "/workflows/new");
    await begin(page, "Empty");
    await changeBuilder(page, () => page.getByRole("button", { name: "Add stage" }).click());
    await page.locator(".stage-card").waitFor();
    const missing =
      await page.evaluate(`[...document.querySelectorAll("use")].map((each) => each.getAttribute("href"))
      .filter((href) => !document.querySelector(href))`);
    expect(missing).toEqual([]);
  });

  test("what keeps a run from starting has the whole width of its plan", async () => {
    const page = await visit(await here(), "/workflows/unprepared/run");
    const line = page.getByText('agent "agent:nobody" is nowhere');
    await line.waitFor();
    await shot(page, "fits-obstacle");
    const share = await line.evaluate(
      (element) => element.clientWidth / (element.closest(".plan")?.clientWidth ?? Infinity),
    );
    expect(share).toBeGreaterThan(0.7);
  });
});

import { describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { until } from "../testing/journey-until.ts";
import { axeFindings, goesSideways, hasChromium, shot, sites, type Site } from "./ui-browser.ts";

const { site, visit } = sites();

const question = `May it go out?\nIt is the **third** try of the week, and the notes of the first two lie at
https://example.com/notes?week=48. Whoever approves has read what changed since then, has seen the page on a phone, and
knows whom to call when it goes wrong in the night; whoever rejects says why, so that the next try is a better one.`;

/** Two gates side by side, after a stage that ends when its file is there. */
const paired = `workflow: { id: paired, name: A release that two people have to look at }
stages:
  - id: hold
    name: Hold
    roles: { primary: agent:holder }
  - id: first
    name: Is it right?
    type: gate
    depends_on: [hold]
    gate: { timeout: 90m, message: ${JSON.stringify(question)}, approvers: [ann, bob, someone-with-a-rather-long-name] }
  - id: second
    name: Is it kind?
    type: gate
    depends_on: [hold]
    gate: { timeout: 90m, message: ${JSON.stringify(question)} }
  - id: after
    name: After
    depends_on: [first, second]
    roles: { primary: agent:talker }
`;

const holder = `#!/bin/sh
until [ -e "$SKILLMEAT_WORKDIR/go-$(basename "$PWD")" ] || [ -e "$SKILLMEAT_WORKDIR/go" ]; do sleep 0.02; done
printf 'a summary with **weight**\\n\\n- <b>one</b>\\n- [two](javascript:alert(1)) [three](https://example.com)\\n' \\
  >"$SKILLMEAT_SUMMARY"
`;

async function pairedSite(name: string): Promise<Site> {
  const place = await site(name, []);
  place.journey.write(
    ".claude/agents/holder.md",
    '---\nname: holder\ndescription: Waits\ndispatcher: command\ncommand: ["./holder.sh"]\n---\nWait.\n',
  );
  place.journey.write(".claude/agents/holder.sh", holder);
  await place.journey.run(["workflow", "create", place.journey.write("paired.yaml", paired)]);
  return place;
}

const boxes = (page: Page) => page.locator("[data-gate]");

function bothWait(page: Page): Promise<void> {
  return boxes(page).nth(1).waitFor();
}

/** How far things were moved that nobody had asked to move, from now on. */
async function watchShifts(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(`window.shifted = 0; new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
  }).observe({ type: "layout-shift" });`);
  return async () => {
    // Two frames on, all that was drawn has been counted.
    const counted = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))";
    await page.evaluate(counted);
    return (await page.evaluate("window.shifted")) as number;
  };
}

const widths = [
  [1280, "light"],
  [390, "dark"],
  [320, "light"],
] as const;

describe.skipIf(!hasChromium)("gates", () => {
  test("begin to wait without moving the page; all of their words can be read, also on a phone", async () => {
    const place = await pairedSite("gates-come");
    const runId = await place.start("paired");
    const run = `/workflows/paired/executions/${runId}`;
    const pages = await Promise.all(
      widths.map(([width, theme]) => visit(place, `${run}?stage=hold`, { width, theme })),
    );
    for (const page of pages) await page.locator('html[data-live="on"]').waitFor({ state: "attached" });
    const shifts = await Promise.all(pages.map(watchShifts));
    place.journey.write("go", "");
    for (const [at, page] of pages.entries()) {
      await bothWait(page);
      expect(await shifts[at]?.()).toBeLessThanOrEqual(0.02);
      await shot(page, `gates-come-${widths[at]?.[0]}`);
      expect(await goesSideways(page)).toBe(false);
      await canBeRead(page);
    }
  });

  test("are decided by whom one says one is; the name is kept for the next", async () => {
    const place = await pairedSite("gates-as");
    place.journey.write("go", "");
    const run = `/workflows/paired/executions/${await place.start("paired")}`;
    const page = await visit(place, run, { width: 390 });
    await bothWait(page);
    await page.locator('[data-gate][aria-label*="right"] [data-key="a"]').click();
    const first = page.getByRole("dialog", { name: /Approve “Is it right/ });
    const as = first.getByLabel("As");
    expect(await as.inputValue()).toBe("");
    expect(await as.evaluate((field) => field.matches(":focus"))).toBe(true);
    expect(await first.locator(".asked").innerText()).toMatch(/third[^]*in the night[^]*expires[^]*ann, bob/);
    expect(await first.locator(".asked a").getAttribute("rel")).toBe("noopener noreferrer");
    await shot(page, "gates-dialog-phone");
    await page.keyboard.press("Enter");
    expect(await first.isVisible()).toBe(true);
    await as.fill("ann");
    await page.keyboard.press("Enter");
    await until("one is left", async () => (await boxes(page).count()) === 1);
    await boxes(page).locator('[data-key="r"]').click();
    const second = page.getByRole("dialog", { name: /Reject “Is it kind/ });
    expect(await second.getByLabel("As").inputValue()).toBe("ann");
    expect(await second.getByLabel("Comment").evaluate((field) => field.matches(":focus"))).toBe(true);
    await page.goto(`${place.url}${run}?stage=first`);
    expect(await page.locator("#stage-head").innerText()).toContain("ann");
  });

  test("whose approvers do not include the last name ask for another", async () => {
    const place = await pairedSite("gates-other");
    place.journey.write("go", "");
    const run = `/workflows/paired/executions/${await place.start("paired")}`;
    const page = await visit(place, run);
    await bothWait(page);
    await page.locator('[data-gate][aria-label*="kind"] [data-key="a"]').click();
    await page
      .getByRole("dialog", { name: /Approve “Is it kind/ })
      .getByLabel("As")
      .fill("zoe");
    await page.keyboard.press("Enter");
    await until("one is left", async () => (await boxes(page).count()) === 1);
    await page.goto(`${place.url}/approvals`);
    await page.locator('[data-key="a"]').click();
    expect(await page.getByRole("dialog").getByLabel("As").inputValue()).toBe("");
  });

  test("of two runs stand among the approvals, each with its own words", async () => {
    const place = await pairedSite("gates-inbox");
    place.journey.write("go", "");
    for (const _ of [1, 2]) await place.gateWaits(await place.start("paired"));
    for (const [width, theme] of widths) {
      const page = await visit(place, "/approvals", { width, theme });
      await until("all four are there", async () => (await boxes(page).count()) === 4);
      await shot(page, `gates-inbox-${width}`);
      expect(await axeFindings(page)).toEqual([]);
      expect(await goesSideways(page)).toBe(false);
    }
  });

  test("are not decided by nobody, also without scripts", async () => {
    const place = await pairedSite("gates-nobody");
    place.journey.write("go", "");
    const runId = await place.start("paired");
    const gate = `${place.url}/workflows/paired/executions/${runId}/gates/second/approve`;
    await until("they wait", async () => (await place.execution(runId)).waiting_gates.length === 2);
    const refused = await fetch(gate, {
      method: "POST",
      body: "comment=x",
      headers: { "hx-request": "true" },
    });
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain("nobody was named who decides");
    expect((await place.execution(runId)).waiting_gates).toContain("second");
  });

  test("stand after a stage whose summary is shown as the Markdown it is", async () => {
    const place = await pairedSite("gates-summary");
    place.journey.write("go", "");
    const page = await visit(place, `/workflows/paired/executions/${await place.start("paired")}`);
    await bothWait(page);
    await page.goto(`${page.url().split("?")[0]}?stage=hold&tab=output`);
    const summary = page.locator("#stage-body .md");
    expect(await summary.locator("strong").innerText()).toBe("weight");
    expect(await summary.locator("li").allInnerTexts()).toEqual([
      "<b>one</b>",
      "[two](javascript:alert(1)) three",
    ]);
    expect(await summary.locator("a").evaluateAll((all) => all.map(String))).toEqual([
      "https://example.com/",
    ]);
    await shot(page, "gates-summary");
  });

  test("an answer that comes after the stream has shown the end does not take the page back", async () => {
    const place = await site("late-answer");
    const runId = await place.start("talk", { topic: "squid", lines: 1 });
    await place.gateWaits(runId);
    place.hold();
    const page = await visit(place, `/workflows/talk/executions/${runId}`);
    await page.locator('html[data-live="on"]').waitFor();
    // The answer is drawn while the stage after the gate is held, and arrives when all has ended.
    await page.route("**/gates/*/approve", async (route) => {
      const response = await route.fetch();
      place.release();
      await page.locator("#run-head .badge", { hasText: "Completed" }).waitFor();
      await route.fulfill({ response });
    });
    const refreshed = page.waitForResponse((response) => new URL(response.url()).pathname.endsWith(runId));
    await page.keyboard.press("a");
    await page.keyboard.type("ann");
    await page.keyboard.press("Enter");
    await refreshed;
    await page.locator("#run-progress p", { hasText: "5 of 5 finished" }).waitFor();
    expect(await page.locator("#run-head .badge").innerText()).toContain("Completed");
  });

  test("an answer that is drawn between the end's parts and the word that they are there does not take it back", async () => {
    const place = await site("answer-between");
    const runId = await place.start("talk", { topic: "squid", lines: 1 });
    await place.gateWaits(runId);
    place.hold();
    const page = await visit(place, `/workflows/talk/executions/${runId}`);
    await page.locator('html[data-live="on"]').waitFor();
    // What a lost stream asks for every half minute would hide the fault.
    await page.evaluate("window.setInterval = () => 0");
    const drawn = page.locator("html[data-drawn]");
    await page.evaluate(`document.addEventListener("htmx:before:settle", ({ target }) => {
      const hasEnded = document.querySelector("#run-head .badge").innerText.includes("Completed");
      if (target.id !== "say" || !hasEnded || !window.answer) return;
      htmx.swap({ sourceElement: document.getElementById("run"), swap: "none", text: window.answer });
      delete window.answer;
      document.documentElement.dataset.drawn = "";
    })`);
    await page.route("**/gates/*/approve", async (route) => {
      const response = await route.fetch();
      await page.evaluate(`window.answer = ${JSON.stringify(await response.text())}`);
      place.release();
      await drawn.waitFor();
      await route.fulfill({ status: 200, body: "" });
    });
    await page.keyboard.press("a");
    await page.keyboard.type("ann");
    await page.keyboard.press("Enter");
    await drawn.waitFor();
    await page.locator("#run-progress p", { hasText: "5 of 5 finished" }).waitFor();
    expect(await page.locator("#run-head .badge").innerText()).toContain("Completed");
  });
});

/** Every word of every gate can be scrolled to, and none lies over another. */
async function canBeRead(page: Page): Promise<void> {
  const texts = await boxes(page).allInnerTexts();
  expect(texts.length).toBe(2);
  for (const text of texts) expect(text).toMatch(/expires in[^]*third[^]*a better one/);
  expect(texts.join("")).toContain("ann, bob, someone-with-a-rather-long-name");
  const cut = await boxes(page).evaluateAll(
    (all) =>
      (all as unknown as { querySelectorAll(selector: string): Iterable<unknown> }[]).flatMap((box) => [
        ...box.querySelectorAll(".gate-text, .md, h2, .gate-facts"),
      ]).length,
  );
  expect(cut).toBe(8);
  const overlaps = await page.evaluate(`(() => {
    const [a, b] = [...document.querySelectorAll("[data-gate]")].map((each) => each.getBoundingClientRect());
    return a.bottom > b.top + 1 && a.right > b.left + 1 && b.right > a.left + 1;
  })()`);
  expect(overlaps).toBe(false);
  const lost =
    await page.evaluate(`[...document.querySelectorAll("[data-gate], [data-gate] *")].filter((each) => {
    const { overflowY, webkitLineClamp } = getComputedStyle(each);
    const isCut = each.scrollHeight > each.clientHeight + 1 && overflowY === "hidden";
    return each.checkVisibility() && each.clientHeight > 0 && (isCut || webkitLineClamp !== "none");
  }).map((each) => each.className)`);
  expect(lost).toEqual([]);
}

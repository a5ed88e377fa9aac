import { describe, expect, test } from "bun:test";
import type { Request } from "playwright-core";
import { until } from "../testing/journey-until.ts";
import { hasChromium, sites, tabTo } from "./ui-browser.ts";

const { site, visit } = sites();

describe.skipIf(!hasChromium)("by keyboard", () => {
  test("the palette finds a workflow and leads to it", async () => {
    const place = await site("palette");
    const page = await visit(place, "/settings");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("talk");
    await page.locator("#found a", { hasText: "Run Talk show" }).waitFor();
    await page.locator("#found a", { hasText: "Lone speaker" }).first().waitFor({ state: "detached" });
    await page.keyboard.press("ArrowDown");
    expect(await page.evaluate("document.activeElement.textContent")).toContain("Run Talk show");
    await page.keyboard.press("Enter");
    await page.waitForURL(/talk\/run/);
  });

  test("the palette shows what fits the last key, also when an earlier answer is late", async () => {
    const place = await site("late");
    const page = await visit(place, "/settings");
    const letThrough = Promise.withResolvers<void>();
    const asked = new Set<Request>();
    page.on("request", (request) => request.url().includes("/find") && asked.add(request));
    page.on("requestfinished", (request) => asked.delete(request));
    page.on("requestfailed", (request) => asked.delete(request));
    await page.route("**/find*", async (route) => {
      if (!/q=talk/.test(route.request().url())) await letThrough.promise;
      // One that the page has given up cannot be answered any more.
      await route.continue().catch(() => null);
    });
    await page.keyboard.press("Control+k");
    // Slowly enough that each key asks for itself.
    await page.keyboard.type("talk", { delay: 150 });
    await page.locator("#found a", { hasText: "Run Talk show" }).waitFor();
    letThrough.resolve();
    await until("every question has ended", () => asked.size === 0);
    expect(await page.locator("#found a", { hasText: "Lone speaker" }).count()).toBe(0);
  });

  test("the palette is filled although it was opened before the page's scripts were all there", async () => {
    const place = await site("early");
    const page = await visit(place, "/settings");
    const letThrough = Promise.withResolvers<void>();
    await page.route("**/htmx.min.js", async (route) => {
      await letThrough.promise;
      await route.continue();
    });
    await page.goto(`${place.url}/workflows`, { waitUntil: "commit" });
    await until("the palette listens", async () => {
      await page.keyboard.press("Control+k");
      return (await page.locator("#palette[open]").count()) > 0;
    });
    letThrough.resolve();
    await page.locator("#found a", { hasText: "Run Talk show" }).waitFor();
  });

  test("a key right after Escape counts, though the closing dialog's field still has the focus", async () => {
    const place = await site("hasty");
    const page = await visit(place, "/workflows");
    await page.evaluate(`document.querySelector("#palette input").dispatchEvent(
      new KeyboardEvent("keydown", { key: "?", bubbles: true, cancelable: true }))`);
    expect(await page.locator("#help[open]").count()).toBe(1);
  });

  test("a run is started, read and approved without a mouse", async () => {
    const place = await site("hands");
    const page = await visit(place, "/workflows/talk");
    await page.keyboard.press("x");
    await page.getByRole("dialog", { name: /Run/ }).waitFor();
    await page.keyboard.type("squid");
    await page.keyboard.press("Tab");
    await page.keyboard.type("2");
    await page.keyboard.press("Enter");
    await page.waitForURL(/executions\//);
    await page.locator("[data-gate]").waitFor();
    await page.keyboard.press("a");
    await page.keyboard.type("ann");
    await page.keyboard.press("Enter");
    await page.locator("#run-head .badge", { hasText: "Completed" }).waitFor();
    await page.locator("#run-progress p", { hasText: "5 of 5 finished" }).waitFor();
  });

  test("J and K choose the stage, which is in the address; slash goes to the search", async () => {
    const place = await site("stages");
    const runId = await place.start("talk", { topic: "squid", lines: 1 });
    const page = await visit(place, `/workflows/talk/executions/${runId}?stage=intro`);
    const chosen = (): Promise<string> => page.locator('.tl a[aria-current="step"] b').innerText();
    await page.keyboard.press("j");
    await page.waitForURL(/stage=left/);
    await until(
      "the panel shows it",
      async () => (await page.locator("#stage-title").innerText()) === "Left host",
    );
    expect(await chosen()).toBe("Left host");
    await page.keyboard.press("k");
    await page.waitForURL(/stage=intro/);
    await page.keyboard.press("/");
    expect(await page.evaluate("document.activeElement.id")).toBe("log-search");
    await page.keyboard.type("LINE 1");
    await page.keyboard.press("Enter");
    await page.waitForURL(/search=LINE/);
    expect(await page.locator(".ln mark").allInnerTexts()).toEqual(["line 1"]);
  });

  test("Enter on the log leads to its lines, arrows from one to the next, and Tab past all of them", async () => {
    const place = await site("lines");
    const runId = await place.start("lone", { lines: 40 });
    await until("it has ended", async () => (await place.execution(runId)).status === "completed");
    const page = await visit(place, `/workflows/lone/executions/${runId}`);
    const focused = (): Promise<string> => page.evaluate("document.activeElement.textContent");
    const log = page.locator("#log");
    await log.evaluate((element) => element.scrollTo(0, 0));
    await tabTo(page, log);
    await page.keyboard.press("Enter");
    expect(await focused()).toBe("1");
    for (const key of ["ArrowDown", "ArrowDown", "ArrowUp"]) await page.keyboard.press(key);
    expect(await focused()).toBe("2");
    await page.keyboard.press("Enter");
    await page.waitForURL(/#L2$/);
    await until("the line has the focus again", async () => (await focused()) === "2");
    await page.keyboard.press("Escape");
    expect(await page.evaluate("document.activeElement.id")).toBe("log");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.closest('#log')")).toBe(null);
  });

  test("single keys do nothing while one types, and nothing at all when they are switched off", async () => {
    const place = await site("off");
    const page = await visit(place, "/workflows");
    await page.locator("#library-search").focus();
    await page.keyboard.type("ga?");
    expect(await page.locator("#help[open]").count()).toBe(0);
    await page.goto(`${place.url}/settings`);
    await page.getByLabel(/Keys without/).uncheck();
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator(".toast").waitFor();
    await page.keyboard.press("?");
    expect(await page.locator("#help[open]").count()).toBe(0);
    await page.keyboard.press("Control+k");
    await page.locator("#palette[open]").waitFor();
  });

  test("the theme is sent, and nothing else is asked for", async () => {
    const place = await site("theme-alone");
    const page = await visit(place, "/settings");
    const asked: string[] = [];
    page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (!/^\/(assets\/|live$)/.test(pathname)) asked.push(`${request.method()} ${pathname}`);
    });
    const kept = page.waitForResponse(/settings\/theme/);
    await page.getByRole("button", { name: /light and dark/ }).press("Enter");
    await (await kept).finished();
    // A later question's answer: whatever came of the first has been asked for before.
    await page.evaluate("fetch('/api/v1/health').then((answer) => answer.text())");
    expect(asked).toEqual(["POST /settings/theme", "GET /api/v1/health"]);
  });

  test("the theme is chosen, kept for the next page, and for the one after", async () => {
    const place = await site("theme");
    const page = await visit(place, "/workflows");
    await page.getByRole("button", { name: /light and dark/ }).press("Enter");
    expect(await page.evaluate("document.documentElement.dataset.theme")).toBe("dark");
    const kept = page.waitForResponse(/settings\/theme/);
    await page.getByRole("button", { name: /light and dark/ }).press("Enter");
    await kept;
    await page.getByRole("button", { name: /light and dark/ }).press("Enter");
    await until("the server knows", async () => {
      await page.reload();
      return (await page.evaluate("document.documentElement.dataset.theme")) === "dark";
    });
  });
});

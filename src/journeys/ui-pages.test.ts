import { beforeAll, describe, expect, test } from "bun:test";
import type { ExecutionView } from "../execution/view.ts";
import { until } from "../testing/journey-until.ts";
import { axeFindings, goesSideways, hasChromium, shot, sites, type Site } from "./ui-browser.ts";

const { site, visit } = sites();

let place: Site;
let waiting = "";
let failed = "";
let paths: [string, string][] = [];

describe.skipIf(!hasChromium)("every page", () => {
  beforeAll(async () => {
    place = await site("pages");
    place.journey.write(
      ".claude/skills/summarise/SKILL.md",
      "---\nname: summarise\ndescription: Makes it short\n---\nx\n",
    );
    waiting = await place.start("talk", { topic: "squid", lines: 3 });
    const ofWaiting = (): Promise<ExecutionView> => place.execution(waiting);
    await until("a gate waits", async () => (await ofWaiting()).waiting_gates.length > 0);
    place.journey.write("fail", "");
    failed = await place.start("lone", { lines: 3 });
    const ofFailed = (): Promise<ExecutionView> => place.execution(failed);
    await until("one has failed", async () => (await ofFailed()).status === "failed");
    const run = `/workflows/talk/executions/${waiting}`;
    paths = [
      ["library", "/workflows"],
      ["library-list", "/workflows?view=list"],
      ["library-none", "/workflows?search=nothing+like+it"],
      ["import", "/workflows/import"],
      ["detail", "/workflows/talk"],
      ["detail-settings", "/workflows/talk/settings"],
      ["detail-history", "/workflows/talk/history?from=1&to=1"],
      ["detail-executions", "/workflows/talk/executions"],
      ["edit", "/workflows/talk/edit"],
      ["delete", "/workflows/talk/delete"],
      ["run-form", "/workflows/talk/run"],
      ["run", run],
      ["run-graph", `${run}?view=graph`],
      ...["output", "input", "context", "files", "yaml"].map((tab): [string, string] => [
        `run-${tab}`,
        `${run}?tab=${tab}&stage=intro`,
      ]),
      ["run-failed", `/workflows/lone/executions/${failed}`],
      ["executions", "/workflows/executions"],
      ["executions-none", "/workflows/executions?status=cancelled"],
      ["approvals", "/approvals"],
      ["agents", "/agents"],
      ["skills", "/skills"],
      ["context", "/context"],
      ["settings", "/settings"],
      ["find", "/find?q=talk"],
      ["not-found", "/workflows/nothing"],
    ];
  });

  // Another theme has other colours, and nothing else.
  for (const [theme, width, rules] of [
    ["light", 1280, undefined],
    ["dark", 1280, ["color-contrast"]],
    ["light", 390, undefined],
    ["dark", 390, ["color-contrast"]],
  ] as const) {
    test(`has nothing that axe finds wrong and fits its window: ${theme}, ${width} px`, async () => {
      const page = await visit(place, "/workflows", { theme, width });
      const troubles: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error" && !message.text().includes("404")) troubles.push(message.text());
      });
      page.on("pageerror", (error) => troubles.push(String(error)));
      for (const [name, path] of paths) {
        await page.goto(place.url + path);
        troubles.push(...(await axeFindings(page, rules)).map((finding) => `${name}: ${finding}`));
        if (await goesSideways(page)) troubles.push(`${name} goes sideways`);
        await shot(page, `${name}-${theme}-${width}`);
      }
      expect(troubles).toEqual([]);
    });
  }

  test("fits a window of 320 px", async () => {
    const page = await visit(place, "/workflows", { width: 320 });
    const wide: string[] = [];
    for (const [name, path] of paths) {
      await page.goto(place.url + path);
      if (await goesSideways(page)) wide.push(name);
    }
    expect(wide).toEqual([]);
  });

  test("has dialogs that axe finds nothing wrong with, opened and closed by keyboard", async () => {
    const page = await visit(place, "/workflows");
    for (const [key, id] of [
      ["Control+k", "palette"],
      ["?", "help"],
    ] as const) {
      await page.keyboard.press(key);
      await page.locator(`#${id}[open]`).waitFor();
      if (id === "palette") await page.locator("#palette #found a").first().waitFor();
      expect(await axeFindings(page)).toEqual([]);
      await shot(page, id);
      await page.keyboard.press("Escape");
      await page.locator(`#${id}[open]`).waitFor({ state: "detached" });
    }
  });
});

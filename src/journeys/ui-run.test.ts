import { describe, expect, test } from "bun:test";
import type { Locator, Page } from "playwright-core";
import { until } from "../testing/journey-until.ts";
import { goesSideways, hasChromium, lineNumbers, shot, sites, tabTo, type Visit } from "./ui-browser.ts";

const { site, visit } = sites();

const head = (page: Page): Promise<string> => page.locator("#run-head .badge").innerText();
const says = (page: Page, word: string): Promise<unknown> =>
  until(`the head says ${word}`, async () => (await head(page)).includes(word));

const hasFocus = (page: Page, text: string): Promise<unknown> =>
  until(
    `the focus is on ${text}`,
    async () => (await page.evaluate("document.activeElement.innerText")) === text,
  );

const twoGates = `workflow: { id: pair, name: Pair }
stages:
  - { id: first, type: gate, gate: { message: One? } }
  - { id: second, type: gate, depends_on: [], gate: { message: Two? } }
`;

const controlWays: [string, Visit, (page: Page, button: Locator) => Promise<void>][] = [
  ["mouse", {}, (_page, button) => button.click()],
  [
    "keyboard",
    { theme: "dark" },
    async (page, button) => {
      await tabTo(page, button);
      await page.keyboard.press("Enter");
    },
  ],
  ["phone", { width: 390 }, (_page, button) => button.tap()],
  [
    "scripts off",
    { scripts: false, theme: "dark" },
    async (page, button) => {
      // All but what opens a dialog brings another page.
      const opens = (await button.getAttribute("command")) !== null;
      await Promise.all([opens ? null : page.waitForEvent("load"), button.click()]);
    },
  ],
];

describe.skipIf(!hasChromium)("a run in the browser", () => {
  test("is started in the dialog, followed live, approved, and completes", async () => {
    const place = await site("mouse");
    const page = await visit(place, "/workflows");
    await page.getByRole("link", { name: "Run Talk show" }).click();
    const dialog = page.getByRole("dialog", { name: "Run Talk show" });
    await dialog.getByRole("button", { name: "Run", exact: true }).click();
    // The browser itself asks for what is required; a wrong number is the server's to refuse.
    expect(await page.evaluate("document.activeElement.name")).toBe("p.topic");
    await dialog.getByLabel("topic").fill("squid");
    await dialog.getByLabel("lines").fill("6");
    await dialog.locator("#plan-preview li").first().waitFor();
    await shot(page, "run-dialog");
    await dialog.getByRole("button", { name: "Run", exact: true }).click();
    await page.waitForURL(/executions\//);
    await says(page, "Approval waiting");
    expect(await lineNumbers(page)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await page.locator(".gate .md").innerText()).toBe("Was squid good enough?");
    expect(await page.locator(".ln").first().innerText()).toContain("<b>&amp;</b>");
    await shot(page, "run-waiting");
    await page.getByRole("button", { name: "Approve", exact: false }).first().click();
    const asked = page.getByRole("dialog", { name: /Approve/ });
    await asked.getByLabel("As").fill("ann");
    await asked.getByLabel("Comment").fill("go on");
    await asked.getByRole("button", { name: "Approve", exact: true }).click();
    await says(page, "Completed");
    expect(await page.locator("#gates .gate").count()).toBe(0);
    expect(await page.locator("#toasts").innerText()).toContain("Approved");
    expect(await page.locator("#run-progress p").innerText()).toBe("5 of 5 finished");
    expect(await page.title()).toStartWith("Completed · Talk show");
    await shot(page, "run-completed");
  });

  test("a field that is wrong says so at the field, and keeps what was typed", async () => {
    const place = await site("field");
    const page = await visit(place, "/workflows/talk/run");
    await page.getByLabel("topic").fill("squid");
    await page.evaluate('document.getElementById("p-lines").type = "text"');
    await page.getByLabel("lines").fill("many");
    await page.locator("#run-form").getByRole("button", { name: "Run" }).click();
    await page.locator("#p-lines-bad").waitFor();
    expect(await page.locator("#p-lines-bad").innerText()).toContain("integer");
    expect(await page.getByLabel("topic").inputValue()).toBe("squid");
  });

  test("a gate is approved by keyboard alone from another page in six keys and a name", async () => {
    const place = await site("keys");
    const runId = await place.start("talk", { topic: "squid", lines: 1 });
    const page = await visit(place, "/workflows");
    await page.locator("#side-live .n.hot").waitFor();
    for (const key of ["g", "a"]) await page.keyboard.press(key);
    await page.waitForURL(/approvals/);
    await page.keyboard.press("a");
    await page.keyboard.type("ann");
    await page.keyboard.press("Enter");
    await page.locator(".toast").waitFor();
    await until("it has completed", async () => (await place.execution(runId)).status === "completed");
  });

  test("is started, read and approved on a phone", async () => {
    const place = await site("phone");
    const page = await visit(place, "/workflows", { width: 390, theme: "dark" });
    await page.getByRole("link", { name: "Run Talk show" }).tap();
    const dialog = page.getByRole("dialog", { name: "Run Talk show" });
    await dialog.getByLabel("topic").fill("squid");
    await dialog.getByRole("button", { name: "Run", exact: true }).tap();
    await page.waitForURL(/executions\//);
    await says(page, "Approval waiting");
    await page.locator(".strip a", { hasText: "Right host" }).tap();
    await page.waitForURL(/stage=right/);
    expect(await page.locator(".ln").count()).toBe(4);
    await shot(page, "phone-gate");
    await page.locator("[data-gate]").getByRole("button", { name: "Approve" }).tap();
    const asked = page.getByRole("dialog", { name: /Approve/ });
    await asked.getByLabel("As").fill("ann");
    await asked.getByRole("button", { name: "Approve", exact: true }).tap();
    await says(page, "Completed");
    expect(await goesSideways(page)).toBe(false);
  });

  test("is started once, however often Run is pressed, while the plan is still being drawn", async () => {
    const place = await site("once");
    const page = await visit(place, "/workflows/talk/run");
    const letThrough = Promise.withResolvers<void>();
    const starts: string[] = [];
    await page.route("**/talk/run/plan", async (route) => {
      await letThrough.promise;
      await route.abort();
    });
    await page.route("**/talk/run", async (route) => {
      starts.push(route.request().method());
      await letThrough.promise;
      await route.continue();
    });
    const preview = page.waitForRequest("**/talk/run/plan");
    await page.getByLabel("topic").fill("squid");
    await preview;
    const run = page.locator("#run-form button[data-becomes]");
    expect(await run.innerText()).toBe("Run");
    await page.keyboard.press("Enter");
    await page.locator("#run-form button", { hasText: "Starting…" }).waitFor();
    await page.keyboard.press("Enter");
    await run.click({ force: true });
    expect(await run.innerText()).toBe("Starting…");
    letThrough.resolve();
    await page.waitForURL(/executions\//);
    expect(starts).toEqual(["POST"]);
  });

  test("waits at two gates: the focus goes from the one that is decided to the other", async () => {
    const place = await site("gates", [twoGates]);
    const page = await visit(place, `/workflows/pair/executions/${await place.start("pair")}`);
    await page.locator("[data-gate]").nth(1).waitFor();
    await tabTo(page, page.locator('[data-gate] [data-key="a"]').first());
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: /Approve/ }).waitFor();
    await page.keyboard.type("ann");
    await page.keyboard.press("Enter");
    await until("one is left", async () => (await page.locator("[data-gate]").count()) === 1);
    expect(await page.evaluate("document.activeElement.closest('[data-gate]') !== null")).toBe(true);
  });

  test.each(controlWays)(
    "is paused, resumed, cancelled, run again, and run again from where it failed: %s",
    async (name, how, press) => {
      const place = await site(`control-${name.replace(" ", "-")}`);
      place.hold();
      const runId = await place.start("talk", { topic: "squid" });
      const page = await visit(place, `/workflows/talk/executions/${runId}`, how);
      const button = (label: string) => page.getByRole("button", { name: label, exact: true });
      const stands = (state: string): Promise<unknown> =>
        until(`it says ${state}`, async () => {
          if (how.scripts === false) await page.reload();
          return (await page.locator("#run-head .badge", { hasText: state }).count()) > 0;
        });
      await press(page, button("Pause"));
      await page.locator(".toast", { hasText: "Pausing" }).waitFor();
      place.release();
      await stands("Paused");
      place.hold();
      if (name === "keyboard") await hasFocus(page, "Resume");
      await press(page, button("Resume"));
      await stands("Running");
      await press(page, button("Cancel"));
      await press(page, button("Cancel the run"));
      await stands("Cancelled");
      if (name === "keyboard") await hasFocus(page, "Re-run");
      place.release();
      place.journey.write("fail", "");
      await press(page, button("Re-run"));
      await page.waitForURL((url) => !url.href.includes(runId));
      await stands("Failed");
      expect(await page.locator("#stage-head .notice").innerText()).toContain("exit");
      await shot(page, `run-failed-${name}`);
      const failed = page.url();
      await press(page, button("Re-run from failed"));
      await page.waitForURL((url) => url.href !== failed && url.href.includes("executions/"));
      await stands("Failed");
      await page.close();
    },
  );

  test("brings its buttons and the dialogs of its gates along with a stage, also while its stream is lost", async () => {
    const place = await site("controls-along");
    place.hold();
    const runId = await place.start("talk", { topic: "squid", lines: 2 });
    const page = await visit(place, "/workflows");
    await page.route("**/live?*", (route) => route.abort());
    await page.goto(`${place.url}/workflows/talk/executions/${runId}`);
    await page.getByRole("button", { name: "Pause", exact: true }).waitFor();
    place.release();
    await place.gateWaits(runId);
    await page.locator("#step-left").click();
    await page.getByRole("button", { name: "Approve", exact: false }).first().click();
    await page.getByRole("dialog", { name: /Approve/ }).waitFor();
    await page.keyboard.press("Escape");
    await place.journey.run(["workflow", "cancel", runId, "-y"]);
    await page.locator("#step-right").click();
    await says(page, "Cancelled");
    expect(await page.locator("#run-controls [data-action]").allInnerTexts()).toEqual([
      "Re-run",
      "Re-run from failed",
    ]);
    expect(await page.locator("#side-live").innerText()).not.toContain("1 live");
  });

  test.each(["SIGKILL", "SIGTERM"] as const)(
    "goes on live after a %s and a new start: no line lost, none twice",
    async (signal) => {
      const place = await site(`ended-${signal}`);
      place.hold(20);
      const runId = await place.start("lone", { lines: 120 });
      const page = await visit(place, `/workflows/lone/executions/${runId}`);
      await page.locator("#L20").waitFor();
      await place.restart(signal);
      place.release();
      await says(page, "Completed");
      await until("the last line is there", async () => (await page.locator("#L120").count()) === 1);
      const numbers = await lineNumbers(page);
      expect(numbers).toEqual(numbers.map((_, at) => at + 1));
      const texts = (await page.evaluate(
        '[...document.querySelectorAll(".ln > span")].map((line) => line.textContent)',
      )) as string[];
      const said = texts.flatMap((text) => /^pass line (\d+) /.exec(text)?.[1] ?? []).map(Number);
      expect(said).toEqual(Array.from({ length: 120 }, (_, at) => at + 1));
    },
  );
});

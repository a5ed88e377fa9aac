import { describe, expect, test } from "bun:test";
import { until } from "../testing/journey-until.ts";
import { hasChromium, shot, sites } from "./ui-browser.ts";

const { site, visit } = sites();

describe.skipIf(!hasChromium)("lists", () => {
  test("of workflows narrow as one types, with the search in the address, and follow what happens", async () => {
    const place = await site("library");
    const page = await visit(place, "/workflows");
    await page.locator("#library-search").pressSequentially("lone");
    await until("one is left", async () => (await page.locator(".card").count()) === 1);
    expect(page.url()).toContain("search=lone");
    expect(await page.locator("#library-search").inputValue()).toBe("lone");
    await page.goto(`${place.url}/workflows`);
    await page.getByRole("button", { name: "Tags" }).click();
    await page.getByRole("link", { name: /^talk/ }).click();
    expect(await page.locator(".card h2").allInnerTexts()).toEqual(["Talk show"]);
    await page.getByRole("link", { name: "List" }).click();
    expect(await page.locator("tbody tr").count()).toBe(1);
    expect(page.url()).toMatch(/tag=talk&view=list/);
    await page.goto(`${place.url}/workflows`);
    await place.start("talk", { topic: "squid", lines: 2 });
    await page.locator(".card .state", { hasText: "Approval waiting" }).waitFor();
    await page.locator("#side-live .n.hot", { hasText: "1" }).waitFor();
    await shot(page, "library-live");
  });

  test("of executions grow by themselves; the chosen are cancelled together", async () => {
    const place = await site("rows");
    const page = await visit(place, "/workflows/executions");
    place.hold();
    await place.start("lone");
    await place.start("lone");
    await until("both are there", async () => (await page.locator("tbody tr").count()) === 2);
    expect(await page.locator("tbody tr").first().innerText()).toContain("at Speak, 0 of 1");
    await page.getByLabel("All live executions").check();
    await page.getByRole("button", { name: "Cancel the chosen" }).click();
    await page.getByRole("button", { name: "Cancel them" }).click();
    expect(await page.locator(".toast").innerText()).toContain("2 of 2");
    const cancelled = page.locator("tbody .state", { hasText: "Cancelled" });
    await until("both are cancelled", async () => (await cancelled.count()) === 2);
  });

  test("of approvals fill and empty while one looks", async () => {
    const place = await site("inbox");
    const page = await visit(place, "/approvals");
    const other = await visit(place, "/approvals");
    const runId = await place.start("talk", { topic: "squid", lines: 1 });
    for (const each of [page, other]) await each.locator("[data-gate]").waitFor();
    await page.getByRole("button", { name: "Reject" }).first().click();
    const asked = page.getByRole("dialog", { name: /Reject/ });
    await asked.getByLabel("As").fill("ann");
    await asked.getByLabel("Comment").fill("no");
    await asked.getByRole("button", { name: "Reject", exact: true }).click();
    await page.locator(".toast", { hasText: "Rejected" }).waitFor();
    await other.locator("[data-gate]").waitFor({ state: "detached" });
    const { steps } = await place.execution(runId);
    expect(steps.find(({ stage_id }) => stage_id === "applause")).toMatchObject({ decision_comment: "no" });
  });

  test("a gate of the inbox is decided once, however long Enter is held", async () => {
    const place = await site("held");
    await place.start("talk", { topic: "squid", lines: 1 });
    const page = await visit(place, "/approvals");
    await page.locator("[data-gate]").waitFor();
    let sent = 0;
    await page.route("**/gates/**", (route) => {
      sent++;
      return route.continue();
    });
    await page.keyboard.press("a");
    await page.keyboard.type("ann");
    for (let held = 0; held < 4; held++) await page.keyboard.down("Enter");
    await page.keyboard.up("Enter");
    expect(await page.locator(".toast").innerText()).toContain("Approved");
    expect(sent).toBe(1);
  });

  test("a decision that is refused is taken back, and says why", async () => {
    const strict = `workflow: { id: strict, name: Strict }
stages:
  - { id: ask, name: Ask, type: gate, gate: { approvers: [ada] } }
`;
    const place = await site("refused", [strict]);
    const runId = await place.start("strict");
    const page = await visit(place, `/workflows/strict/executions/${runId}`);
    await page.keyboard.press("a");
    const asked = page.getByRole("dialog", { name: /Approve/ });
    await asked.getByRole("textbox", { name: "As" }).fill("bob");
    await asked.getByRole("button", { name: "Approve", exact: true }).click();
    await page.locator(".toast.failed", { hasText: '"bob" may not approve' }).waitFor();
    await page.keyboard.press("a");
    const again = asked.getByRole("button", { name: "Approve", exact: true });
    expect([await again.innerText(), await again.isEnabled()]).toEqual(["Approve", true]);
  });

  test("a page whose stream cannot be had asks for itself every half minute", async () => {
    const place = await site("poll");
    const page = await visit(place, "/workflows/executions");
    await page.clock.install();
    await page.route(/\/live\?/, (route) => route.abort());
    await page.reload();
    await place.start("lone", { lines: 2 });
    await until("it has noticed", async () => {
      await page.clock.runFor(3_000);
      return (await page.evaluate("document.documentElement.dataset.live")) === "off";
    });
    await until("the run is there", async () => {
      await page.clock.runFor(10_000);
      return (await page.locator("tbody tr").count()) === 1;
    });
  });
});

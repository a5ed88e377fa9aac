import { describe, expect, test } from "bun:test";
import { until } from "../testing/journey-until.ts";
import { hasChromium, shot, sites } from "./ui-browser.ts";

const { site, visit } = sites();

describe.skipIf(!hasChromium)("with scripts off", () => {
  test("a workflow is found, run with parameters, its log read, its gate approved", async () => {
    const place = await site("plain");
    const page = await visit(place, "/workflows", { scripts: false });
    await page.locator("#library-search").fill("talk");
    await page.locator("#library-search").press("Enter");
    await page.waitForURL(/search=talk/);
    expect(await page.locator(".card").count()).toBe(1);
    await page.getByRole("link", { name: "Run Talk show" }).click();
    await page.getByLabel("topic").fill("squid");
    await page.locator("#run-form").getByRole("button", { name: "Run" }).click();
    await page.waitForURL(/executions\//);
    expect(await page.locator(".toast").innerText()).toContain("started");
    await until("the gate waits", async () => {
      await page.reload();
      return (await page.locator("[data-gate]").count()) === 1;
    });
    await page.locator(".tl a", { hasText: "Introduction" }).click();
    expect(await page.locator(".ln").allInnerTexts()).toHaveLength(4);
    await page.getByRole("link", { name: "Output" }).click();
    expect(await page.locator("#stage-body").innerText()).toContain("4");
    await shot(page, "no-scripts-output");
    await page.getByRole("button", { name: "Approve", exact: false }).first().click();
    const asked = page.getByRole("dialog", { name: /Approve/ });
    await asked.getByLabel("As").fill("ann");
    await asked.getByRole("button", { name: "Approve", exact: true }).click();
    expect(await page.locator(".toast").innerText()).toContain("Approved");
    await until("it has completed", async () => {
      await page.reload();
      return (await page.locator("#run-head .badge").innerText()).includes("Completed");
    });
  });

  test("a run is cancelled", async () => {
    const place = await site("plain-cancel");
    place.hold();
    const runId = await place.start("lone");
    const page = await visit(place, `/workflows/lone/executions/${runId}`, { scripts: false });
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await page.getByRole("button", { name: "Cancel the run" }).click();
    await page.locator(".toast").waitFor();
    await until("it is cancelled", async () => {
      await page.reload();
      return (await page.locator("#run-head .badge").innerText()).includes("Cancelled");
    });
  });

  test("a workflow is imported, edited with what is wrong told, published, duplicated and deleted", async () => {
    const place = await site("plain-edit", []);
    const page = await visit(place, "/workflows", { scripts: false });
    await page.getByRole("link", { name: "Import YAML" }).first().click();
    await page
      .locator("#source")
      .fill("workflow: { id: small, name: Small }\nstages:\n  - id: one\n    name: One\n");
    await page.getByRole("button", { name: "Import" }).click();
    expect(await page.locator(".notice.failed").innerText()).toContain("error");
    await page
      .locator("#source")
      .fill(
        "# kept\nworkflow: { id: small, name: Small }\nstages:\n  - { id: one, name: One, roles: { primary: agent:talker } }\n",
      );
    await page.getByRole("button", { name: "Import" }).click();
    await page.waitForURL(/workflows\/small$/);
    await page.getByRole("link", { name: "Edit", exact: true }).click();
    await page.getByRole("link", { name: "YAML" }).click();
    const text = await page.locator("#yaml").inputValue();
    expect(text).toStartWith("# kept");
    await page.locator("#yaml").fill(text.replace("name: Small", "name: Smaller"));
    await page.locator("#yaml-form").getByRole("button", { name: "Apply" }).click();
    await page.getByRole("button", { name: "Save & close" }).click();
    expect(await page.locator("h1").innerText()).toBe("Smaller");
    await page.getByRole("link", { name: "History" }).click();
    await page.getByLabel("Compare from save 1").check();
    await page.getByLabel("Compare to save 2").check();
    await page.getByRole("button", { name: "Compare" }).click();
    expect(await page.locator(".diff .added").innerText()).toContain("Smaller");
    await page.getByRole("link", { name: "Restore…" }).click();
    await page.getByRole("button", { name: "Restore" }).click();
    expect(await page.locator("h1").innerText()).toBe("Small");
    for (const [action, said] of [
      ["Publish", "Published Small"],
      ["Duplicate", "Made Small (copy)"],
    ] as const) {
      await page.getByRole("button", { name: /^More actions/ }).click();
      await page.getByRole("button", { name: action }).click();
      expect(await page.locator(".toast").innerText()).toContain(said);
    }
    await page.getByRole("button", { name: /^More actions/ }).click();
    await page.getByRole("link", { name: "Delete…" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    expect(await page.locator(".toast").innerText()).toContain("Deleted Small (copy)");
  });
});

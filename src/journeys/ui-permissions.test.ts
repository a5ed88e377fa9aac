import { describe, expect, test } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeAskingClaude } from "../testing/asking-claude.ts";
import { until } from "../testing/journey-until.ts";
import { axeFindings, goesSideways, hasChromium, shot, sites } from "./ui-browser.ts";

const { site, visit } = sites();

const workflow = `workflow: { id: making, name: Making }
config: { permissions: ask }
stages:
  - { id: make, name: Make it, roles: { primary: agent:maker } }
`;

async function aMakingSite(name: string, script: string) {
  const folder = mkdtempSync(join(tmpdir(), "skillmeat-asking-"));
  const claude = makeAskingClaude(folder, script);
  const here = await site(name, [], [], { PATH: `${claude.bin}:${process.env["PATH"]}` });
  here.journey.write(".claude/agents/maker.md", "---\nname: maker\ndescription: d\n---\nDo it.\n");
  await fetch(`${here.url}/api/v1/workflows`, {
    method: "POST",
    headers: { "content-type": "application/yaml" },
    body: workflow,
  });
  return { here, claude };
}

describe.skipIf(!hasChromium)("what an agent asks for", () => {
  test("is shown where gates are decided, and decided there: once for all calls of a tool, and with a reason", async () => {
    const { here, claude } = await aMakingSite(
      "permissions",
      "ask one 'touch made'; ask two 'touch more'; request three 'rm -r x'; hear; finish done",
    );
    const runId = await here.start("making");
    await here.gateWaits(runId);
    const page = await visit(here, `/workflows/making/executions/${runId}`);
    const box = page.getByRole("group", { name: "Permission for Make it" });
    await box.waitFor();
    expect(await box.textContent()).toContain("The agent asks for Bash");
    expect(await box.textContent()).toContain("touch made");
    expect(await axeFindings(page)).toEqual([]);
    await shot(page, "permission");
    await box.getByRole("button", { name: "Reject" }).click();
    const no = page.getByRole("dialog");
    await no.getByLabel("As", { exact: true }).fill("ada");
    await no.getByLabel("Comment").fill("not yet");
    await no.getByRole("button", { name: "Reject", exact: true }).click();
    await until("it is told", () => claude.stdin().includes("This was rejected: not yet"));
    await page.getByText("touch more").first().waitFor();
    await box.getByRole("button", { name: "Approve" }).click();
    const yes = page.getByRole("dialog");
    await yes.getByLabel("Allow Bash for the rest of this stage").check();
    await shot(page, "permission-always");
    await yes.getByRole("button", { name: "Approve", exact: true }).click();
    await until("it is over", async () => (await here.execution(runId)).status === "completed");
    const [step] = (await here.execution(runId)).steps;
    expect(step?.permission_requests).toMatchObject([
      { id: "one", status: "rejected", decided_by: "ada", comment: "not yet" },
      { id: "two", status: "approved", decided_by: "ada" },
      { id: "three", status: "approved", decided_by: "ada" },
    ]);
    // A page that is drawn anew after the end has no place for gates, and says nothing of them.
    await box.waitFor({ state: "detached" });
  });

  test("stands among the approvals, is counted there, and can be decided without scripts on a phone", async () => {
    const { here } = await aMakingSite("permissions-list", "ask one 'touch made'; finish done");
    const runId = await here.start("making");
    await here.gateWaits(runId);
    const page = await visit(here, "/approvals", { width: 390 });
    await page.getByText("The agent asks for").first().waitFor();
    expect(await goesSideways(page)).toBe(false);
    await shot(page, "permission-approvals");
    const plain = await visit(here, "/approvals", { scripts: false });
    await plain.getByRole("button", { name: "Approve", exact: true }).first().click();
    const form = plain.locator('form[action$="/gates/make/approve"]');
    await form.getByLabel("As", { exact: true }).fill("bob");
    await form.getByRole("button", { name: "Approve", exact: true }).click();
    await until("it is over", async () => (await here.execution(runId)).status === "completed");
    await plain.getByText("Nothing waits for you").waitFor();
  });
});

import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { planRun } from "./plan-run.ts";

const folder = mkdtempSync(join(tmpdir(), "unpriced-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, "agents"));
writeFileSync(
  join(folder, "agents/x.md"),
  '---\nname: x\ndescription: d\ndispatcher: command\nmodel: small\ncommand: ["true"]\n---\n',
);

interface How {
  prices?: string;
  dispatcher?: string | null;
}

async function warningsOf(config: string, stage: string, how: How = {}): Promise<string[]> {
  const found = await findingsOf(config, stage, how);
  return found.map(({ message, line, severity }) => `${severity} ${line}: ${message}`);
}

async function findingsOf(config: string, stage: string, { prices = "", dispatcher = null }: How = {}) {
  writeFileSync(join(folder, "prices.toml"), prices);
  const text = `workflow: {id: w, name: W}
config: {${config}}
stages:
  - {id: a, roles: {primary: agent:x}${stage}}
  - {id: b, roles: {primary: agent:x}, depends_on: [a]}`;
  const source = { text, file: "WORKFLOW.yaml", beside: folder, workflow_id: null };
  const options = { workdir: folder, dispatcher, env: { PATH: process.env["PATH"] ?? "" } };
  const swaps = { agents: [], modules: [] };
  const { plan } = await planRun(
    { source, parameters: {}, coerce: false, swaps, swapNames: { agents: "", modules: "" }, options },
    {
      home: folder,
      userHome: folder,
      dispatch: { default: "command", agents: new Map() },
      log: () => {},
    },
  );
  return plan.validation.warnings.filter(({ code }) => code === "no_price");
}

test("each stage that a budget in dollars may not bound is warned of, at its place", async () => {
  expect(await warningsOf("budget: {usd: 5}", "")).toEqual([
    'warning 4: the budget in dollars does not bound stage "a" if its agent reports no cost: the model "small" has no price',
    'warning 5: the budget in dollars does not bound stage "b" if its agent reports no cost: the model "small" has no price',
  ]);
});

test.each([
  ["without a budget", "", "", {}, 0],
  ["with a budget of tokens", "budget: {tokens: 5}", "", {}, 0],
  ["with a budget of one stage", "", ", budget: {usd: 1}", {}, 1],
  ["with a price", "budget: {usd: 5}", "", { prices: "small = {input = 1, output = 2}" }, 0],
  ["with another price", "budget: {usd: 5}", "", { prices: "big = {input = 1, output = 2}" }, 2],
  ["where the agent reports its cost", "budget: {usd: 5}", "", { dispatcher: "simulated" }, 0],
])("%s", async (_, config, stage, how, count) => {
  expect(await warningsOf(config, stage, how)).toHaveLength(count);
});

test.each([
  ["{usd: 5}", "", "write its price into PRICES, or limit tokens as well: budget: {tokens: 200000}"],
  ["{usd: 5, tokens: 9}", "", "write its price into PRICES"],
  ["{usd: 5}", ", budget: {tokens: 9}", "write its price into PRICES"],
])("the way out is a limit of tokens where there is none: budget %s%s", async (budget, stage, hint) => {
  const [first] = await findingsOf(`budget: ${budget}`, stage);
  expect(first?.hint?.replace(join(folder, "prices.toml"), "PRICES")).toBe(hint);
});

test("a broken price table is named once", async () => {
  const [first, second] = await warningsOf("budget: {usd: 5}", "", { prices: "small = 3" });
  expect(first).toContain(`${join(folder, "prices.toml")}:1:1: the price of "small" must be a table`);
  expect(second).not.toContain("prices.toml");
});

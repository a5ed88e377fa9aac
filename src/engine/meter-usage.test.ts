import { expect, test } from "bun:test";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { usageOf } from "../dispatch/usage.ts";
import { anEngine, type TestEngine } from "../testing/an-engine.ts";

const text = `workflow: {id: w, name: W}
stages:
  - {id: a, roles: {primary: {artifact: 'agent:x', model: opus}}}`;

function homeWith(prices: string): string {
  const home = mkdtempSync(join(tmpdir(), "meter-"));
  writeFileSync(join(home, "prices.toml"), prices);
  return home;
}

async function costAt(prices: string, used: object, ok = true) {
  const answer = () => ({ ok, ...(usageOf(used) as object), ...(ok ? {} : { error: failure }) });
  const engine = await anEngine(answer, { home: homeWith(prices) });
  return { engine, view: await engine.run(text) };
}

const failure = { class: "refused", message: "no", retryable: false };

function warnings({ feed }: TestEngine, runId: string): string[] {
  return feed(runId).flatMap((event) => (event.type === "log_line" ? [event.data.text] : []));
}

const prices = '"op*" = {input = 5, output = 25}\n"big" = {input = 10, output = 50}\n';

test("tokens without a cost are paid at the price of the model that was asked for", async () => {
  const { view } = await costAt(prices, { input: 1000, output: 100 });
  expect(view.cost).toMatchObject({ usd: 0.0075, basis: "price_table", input_tokens: 1000 });
  expect(view.steps[0]?.attempts[0]?.cost).toMatchObject({ usd: 0.0075, basis: "price_table" });
});

test("the model that the agent names has the first say, and what it reports is never changed", async () => {
  const named = await costAt(prices, { input: 1000, output: 100, model: "big" });
  expect(named.view.cost).toMatchObject({ usd: 0.015, basis: "price_table" });
  const reported = await costAt(prices, { input: 1000, output: 100, model: "big", cost_usd: 0.001 });
  expect(reported.view.cost).toMatchObject({ usd: 0.001, basis: "reported" });
});

test("a failed attempt is paid for as well", async () => {
  const { view } = await costAt(prices, { input: 1000 }, false);
  expect(view).toMatchObject({ status: "failed", cost: { usd: 0.005, basis: "price_table" } });
});

test("without a price the cost is unknown, which is not 0", async () => {
  const { view } = await costAt(prices, { input: 1000, model: "other" });
  expect(view.cost).toMatchObject({ usd: null, basis: "unknown", input_tokens: 1000 });
});

test("a broken table stops nothing: the log names it, the cost is unknown", async () => {
  const { engine, view } = await costAt("\n  op = {", { input: 1000 });
  expect(view).toMatchObject({ status: "completed", cost: { usd: null, basis: "unknown" } });
  expect(warnings(engine, view.run_id)).toEqual([
    expect.stringMatching(/^warning: \S+prices\.toml:2:3: this is not TOML.*\[price_table_broken\]$/),
  ]);
});

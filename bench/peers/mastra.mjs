/** Reads a number on each line of stdin, runs that many workflows of three `true` at once, and prints the milliseconds. */
import { createInterface } from "node:readline";
import { Mastra } from "@mastra/core/mastra";
import { createStep, createWorkflow } from "@mastra/core/workflows";
import { LibSQLStore } from "@mastra/libsql";
import { z } from "zod";
import { spawnTrue } from "./spawn-true.mjs";

const inputSchema = z.object({});
const outputSchema = z.object({});
const step = (id) => createStep({ id, inputSchema, outputSchema, execute: spawnTrue });
const chain = createWorkflow({ id: "chain", inputSchema, outputSchema })
  .then(step("first"))
  .then(step("second"))
  .then(step("third"))
  .commit();
const storage = new LibSQLStore({ id: "bench", url: `file:${process.argv[2]}/mastra.db` });
const workflow = new Mastra({ workflows: { chain }, storage, logger: false }).getWorkflow("chain");

console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
  const started = performance.now();
  await Promise.all(Array.from({ length: Number(line) }, runOnce));
  console.log(performance.now() - started);
}

async function runOnce() {
  const run = await workflow.createRunAsync();
  const { status } = await run.start({ inputData: {} });
  if (status !== "success") throw new Error(`a workflow of Mastra ended as ${status}`);
}

import { expect, test } from "bun:test";
import { aControl, aStageRequest } from "../testing/a-stage-request.ts";
import { checkOutputs } from "../workflow/contract.ts";
import { createSimulatedDispatcher } from "./simulated.ts";

const dispatcher = createSimulatedDispatcher({ now: () => 0, sleep: () => Promise.resolve() });

async function made(type: string, name = "out"): Promise<unknown> {
  const declared = { [name]: { type, required: true, description: null } };
  const { request } = aStageRequest("true", { outputs: declared });
  const { outputs = {} } = await dispatcher.dispatch(request, aControl().control);
  expect(checkOutputs(declared, outputs).problems).toEqual([]);
  return outputs[name];
}

test.each<[type: string, value: unknown]>([
  ["string", "build.out"],
  ["number", 1],
  ["integer", 1],
  ["boolean", true],
  ["object", {}],
  ["array", []],
  ["array<array<memory_item>>", []],
  ["artifact_ref", "agent:build.out"],
  ["memory_item", {}],
  ["context_module", "ctx:build.out"],
])("without a script an output of type %s is made to fit it", async (type, value) => {
  expect(await made(type)).toEqual(value);
});

test("also where a reference cannot hold the output's name", async () => {
  expect(await made("artifact_ref", "der Prüfer")).toBe("agent:build.der-Pr-fer");
  expect(await made("string", "der Prüfer")).toBe("build.der Prüfer");
});

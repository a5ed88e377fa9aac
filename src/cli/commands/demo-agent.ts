import { serveDemoAgent } from "../../demo/demo-agent.ts";
import { AppError } from "../../errors.ts";
import { isObject } from "../../expression/own-property.ts";
import { parseJson } from "../../expression/parse-json.ts";
import type { ValueObject } from "../../expression/value.ts";
import type { CommandRun } from "../command.ts";
import { exitCodes } from "../exit-code.ts";

/** Serves one client on stdin and stdout; nothing else is written to stdout. */
export const run: CommandRun = async ({ given }) => {
  const work = { writes: given.text("writes"), outputs: outputsOf(given.text("outputs")) };
  await serveDemoAgent(work, { input: Bun.stdin.stream(), write: writeStdout });
  return exitCodes.done;
};

function writeStdout(bytes: Uint8Array): Promise<void> {
  return new Promise((written) => process.stdout.write(bytes, () => written()));
}

const deepest = 64;

function outputsOf(text: string | null): ValueObject {
  const parsed = parseJson(text ?? "{}", deepest);
  const problem = "problem" in parsed ? parsed.problem : isObject(parsed.value) ? null : "is no JSON object";
  if ("value" in parsed && isObject(parsed.value)) return parsed.value;
  throw new AppError("invalid_usage", `--outputs ${problem}. write --outputs '{"verdict": "good"}'`);
}

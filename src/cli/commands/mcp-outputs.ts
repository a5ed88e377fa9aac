import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { AppError } from "../../errors.ts";
import { serveOutputs } from "../../mcp/serve-outputs.ts";
import { readContract } from "../../mcp/stage-contract.ts";
import type { CommandRun, Invocation } from "../command.ts";
import { exitCodes } from "../exit-code.ts";

/** Serves one client on stdin and stdout; nothing else is written to stdout. */
export const run: CommandRun = async (invocation) => {
  const contract = readContract(fileOf(invocation, "contract", "SKILLMEAT_CONTRACT"));
  const outputFile = fileOf(invocation, "output", "SKILLMEAT_OUTPUT");
  // A client that reads no more has gone, and the callback of a write is not called then.
  const gone = new Promise<void>((leave) => process.stdout.once("error", () => leave()));
  const serving = serveOutputs(contract, { input: process.stdin, write: writeStdout, outputFile });
  const until = invocation.given.text("until");
  const ended = until === null ? [] : [untilExists(resolve(invocation.workdir, until))];
  await Promise.race([serving, gone, ...ended]);
  return exitCodes.done;
};

function fileOf({ given, env, workdir }: Invocation, option: string, variable: string): string {
  const named = given.text(option) ?? env[variable] ?? "";
  if (named !== "") return resolve(workdir, named);
  throw new AppError("invalid_usage", `name the file of the ${option} with --${option} or in ${variable}`);
}

const lookMs = 100;

/** Some agents end only when their servers have, and tell these nothing. */
function untilExists(file: string): Promise<void> {
  return new Promise((ended) => {
    const look = setInterval(() => {
      if (!existsSync(file)) return;
      clearInterval(look);
      ended();
    }, lookMs);
    look.unref();
  });
}

function writeStdout(text: string): Promise<void> {
  return new Promise((resolveWrite) => process.stdout.write(text, () => resolveWrite()));
}

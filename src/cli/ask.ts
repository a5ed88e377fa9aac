import { createInterface } from "node:readline/promises";
import { AppError } from "../errors.ts";
import type { Invocation } from "./command.ts";

/**
 * Asks a person before something that cannot be taken back. With `--yes`, or where nobody can be asked, it is done.
 * Throws `AppError("interrupted")` when the answer is no.
 */
export async function confirm(invocation: Invocation, question: string): Promise<void> {
  if (invocation.given.flag("yes") || !invocation.output.canAsk) return;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const left = new Promise<string>((resolve) => {
    lines.once("SIGINT", () => resolve(""));
    lines.once("close", () => resolve(""));
  });
  try {
    const answer = await Promise.race([lines.question(`${question} [y/N] `), left]);
    if (!/^y(es)?$/i.test(answer.trim())) throw new AppError("interrupted", "nothing was changed");
  } finally {
    lines.close();
  }
}

import { createInterface } from "node:readline/promises";
import { AppError } from "../errors.ts";
import type { Invocation } from "./command.ts";
import { plainLine } from "./plain-text.ts";

/**
 * Asks a person before something that cannot be taken back. With `--yes`, or where nobody can be asked, it is done.
 * Throws `AppError("declined")` when the answer is not yes, `AppError("interrupted")` at Ctrl+C.
 */
export async function confirm(invocation: Invocation, question: string): Promise<void> {
  if (invocation.given.flag("yes") || !invocation.output.canAsk) return;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const left = new Promise<"closed" | "interrupted">((resolve) => {
    lines.once("SIGINT", () => resolve("interrupted"));
    lines.once("close", () => resolve("closed"));
  });
  try {
    const answer = await Promise.race([lines.question(`${plainLine(question)} [y/N] `), left]);
    if (answer === "interrupted") throw new AppError("interrupted", "interrupted; nothing was changed");
    if (!/^y(es)?$/i.test(answer.trim()))
      throw new AppError("declined", "you did not say yes; nothing was changed");
  } finally {
    lines.close();
  }
}

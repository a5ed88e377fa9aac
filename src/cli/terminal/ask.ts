import { createInterface } from "node:readline/promises";
import { AppError } from "../../errors.ts";
import type { Invocation } from "../command.ts";
import { plainLine } from "./plain-text.ts";

/**
 * Asks a person before something that cannot be taken back; not with `--yes`. Throws `AppError("declined")` when the
 * answer is not yes, `AppError("interrupted")` at Ctrl+C, `AppError("invalid_usage")` where nobody can be asked.
 */
export async function confirm(invocation: Invocation, question: string): Promise<void> {
  if (invocation.given.flag("yes")) return;
  if (!invocation.output.canAsk) {
    throw new AppError(
      "invalid_usage",
      `${question} there is no terminal to ask on. add -y; nothing was changed`,
    );
  }
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

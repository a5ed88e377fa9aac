import { createInterface } from "node:readline/promises";
import { AppError } from "../../errors.ts";
import { nearest } from "../../expression/nearest.ts";
import { plainLine } from "./plain-text.ts";

export interface Choice {
  name: string;
  description: string;
}

/**
 * Asks on the terminal for one of several things, by its number or its name; Enter takes the first. An answer that is
 * none of them is asked for again. `nothing`: what has not been done yet, for the message. Throws
 * `AppError("interrupted")` at Ctrl+C, and where the terminal gives no more.
 */
export async function askChoice<C extends Choice>(
  question: string,
  choices: readonly C[],
  nothing: string,
): Promise<C> {
  const width = Math.max(...choices.map(({ name }) => name.length));
  const listed = choices.map(
    ({ name, description }, at) => `  ${at + 1}  ${name.padEnd(width)}  ${plainLine(description)}`,
  );
  const lines = createInterface({ input: process.stdin, output: process.stderr, historySize: 0 });
  const left = new Promise<null>((resolve) => {
    lines.once("SIGINT", () => resolve(null)).once("close", () => resolve(null));
  });
  try {
    process.stderr.write(`${[question, ...listed].join("\n")}\n`);
    for (;;) {
      const answer = await Promise.race([lines.question("number or name [1]: "), left]);
      if (answer === null) throw new AppError("interrupted", `interrupted; ${nothing}`);
      const chosen = choiceOf(answer.trim(), choices);
      if (chosen) return chosen;
      process.stderr.write(`${noChoice(answer.trim(), choices)}\n`);
    }
  } finally {
    lines.close();
  }
}

function choiceOf<C extends Choice>(answer: string, choices: readonly C[]): C | undefined {
  if (answer === "") return choices[0];
  const named = choices.find(({ name }) => name === answer.toLowerCase());
  return named ?? (/^\d{1,3}$/.test(answer) ? choices[Number(answer) - 1] : undefined);
}

function noChoice(answer: string, choices: readonly Choice[]): string {
  const names = choices.map(({ name }) => name);
  const meant = nearest(answer.toLowerCase(), names);
  const shown = plainLine(answer.slice(0, 60));
  const wayOut = meant === null ? `type a number from 1 to ${names.length}` : `did you mean "${meant}"?`;
  return `there is no "${shown}". ${wayOut}`;
}

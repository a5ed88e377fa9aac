import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { AppError } from "../../errors.ts";
import type { ValueObject } from "../../expression/value.ts";
import { plainLine } from "./plain-text.ts";

/**
 * Asks on the terminal for secret parameters, one after the other; what is typed does not show. An empty answer is
 * asked for again. Throws `AppError("interrupted")` at Ctrl+C, and where the terminal gives no more.
 */
export async function askSecrets(names: readonly string[]): Promise<ValueObject> {
  const answers: [string, string][] = [];
  for (const name of names) {
    let answer = "";
    while (answer === "") answer = await askSecret(`${plainLine(name)} (secret, does not show): `);
    answers.push([name, answer]);
  }
  return Object.fromEntries(answers);
}

async function askSecret(question: string): Promise<string> {
  let isQuiet = false;
  const shown = new Writable({
    write: (chunk: Buffer, _, done) => {
      if (!isQuiet) process.stderr.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input: process.stdin, output: shown, terminal: true, historySize: 0 });
  const left = new Promise<null>((resolve) => {
    lines.once("SIGINT", () => resolve(null)).once("close", () => resolve(null));
  });
  try {
    const asked = lines.question(question);
    isQuiet = true;
    const answer = await Promise.race([asked, left]);
    if (answer === null) throw new AppError("interrupted", "interrupted; nothing was started");
    return answer;
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}

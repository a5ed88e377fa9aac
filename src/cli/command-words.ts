import type { Invocation } from "./command.ts";

/** A command for a person to type, that reaches the same data as this call did. */
export function commandWords({ given }: Invocation, ...words: string[]): string {
  const dataDir = given.text("data-dir");
  const all = ["skillmeat", ...(dataDir === null ? [] : ["--data-dir", dataDir]), ...words];
  return all
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(" ");
}

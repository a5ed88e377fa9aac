import { plainLine } from "./plain-text.ts";

/** A word of a command, or a part that whoever types it must fill in: `{ fillIn: "run_id" }` is shown as `<run_id>`. */
export type ShellWord = string | { fillIn: string };

/** Words as a shell takes them, quoted where it would otherwise read something else. */
export function shellWords(words: readonly ShellWord[]): string {
  return words
    .map((word) => {
      if (typeof word !== "string") return `<${plainLine(word.fillIn)}>`;
      return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
    })
    .join(" ");
}

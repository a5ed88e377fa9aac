import { shortId } from "../../execution/short-id.ts";
import type { Invocation } from "../command.ts";
import { shellWords, type ShellWord } from "./shell-words.ts";

/** A command for a person to paste, wherever they are, that reaches the same data as this call did. */
export function commandWords({ given, home }: Invocation, ...words: ShellWord[]): string {
  const isMoved = given.text("data-dir") !== null;
  return shellWords(["skillmeat", ...(isMoved ? ["--data-dir", home] : []), ...words]);
}

/** The same for a command about one run, which it names by its short id. */
export function runWords(
  invocation: Invocation,
  command: string,
  runId: string,
  ...words: ShellWord[]
): string {
  return commandWords(invocation, "workflow", command, shortId(runId), ...words);
}

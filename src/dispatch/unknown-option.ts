import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { StageError } from "./dispatcher.ts";
import type { Executable } from "./executable.ts";

/** The program that an attempt was started with. */
export interface UsedProgram {
  path: string;
  version: string;
}

const programFile = "program.json";

/** The file of an attempt's folder that names its program, for each engine that reads the result. */
export function programNote({ path, version }: UsedProgram): Record<string, string> {
  return { [programFile]: JSON.stringify({ path, version }) };
}

/** Null for an attempt that an earlier version of skillmeat began. Throws the system's errors. */
export function usedProgram(attemptDir: string): UsedProgram | null {
  const file = join(attemptDir, programFile);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as UsedProgram) : null;
}

/** The error of an attempt whose program does not know one of its options; `said` is what it says of it. */
export function unknownOption(
  { name, title, leastVersion, update }: Executable,
  used: UsedProgram | null,
  said: string,
): StageError {
  const who = used === null ? name : `${used.path} is ${title} ${used.version}, and it`;
  const message =
    `${who} does not know an option that skillmeat gave it: ${said}. at least ${leastVersion} is needed. ` +
    `run "${update}", or put another ${name} first in PATH`;
  return { class: "invalid_request", message, retryable: false };
}

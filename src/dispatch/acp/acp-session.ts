import { closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { attemptFiles, hasCode } from "../process/attempt-folder.ts";
import { parseFields } from "../stream/fields.ts";
import { planFile, readSetting } from "./acp-plan.ts";
import { hearMessage, nothingSaid, sessionIn } from "./acp-state.ts";

/** The answer that names the session comes early, but agents tell of themselves at length before it. */
const mostHead = 4 * 1024 * 1024;

/** The session in which an agent of this attempt worked that is gone; null when there is none. */
export function sessionLeft(attemptDir: string): string | null {
  // An agent that was never told anything has none.
  if (!existsSync(join(attemptDir, planFile))) return null;
  const { resumes } = readSetting(attemptDir);
  const [told, printed] = [attemptFiles.twoWayInput, attemptFiles.stdout].map((name) =>
    headOf(join(attemptDir, name)),
  );
  const own = linesOf(told).reduce((state, line) => hearMessage(state, "client", line), nothingSaid);
  const state = linesOf(printed).reduce((before, line) => hearMessage(before, "agent", line), own);
  return sessionIn(state, resumes)?.id ?? resumes;
}

function linesOf(text = "") {
  return text
    .split("\n")
    .map(parseFields)
    .filter((fields) => fields !== null);
}

function headOf(file: string): string {
  let opened: number;
  try {
    opened = openSync(file, "r");
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return "";
    throw error;
  }
  try {
    const head = Buffer.alloc(mostHead);
    return head.toString("utf8", 0, readSync(opened, head));
  } finally {
    closeSync(opened);
  }
}

/** What an agent has handed in that is gone: it may not do so again. */
export function textLeft(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return null;
    throw error;
  }
}

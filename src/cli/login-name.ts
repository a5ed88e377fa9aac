import { readFileSync } from "node:fs";
import { userInfo } from "node:os";

/** The name of the user at the terminal: from the environment, else the system's name for the user's number. */
export function loginName(env: Readonly<Record<string, string | undefined>>): string {
  return env["LOGNAME"] || env["USER"] || nameInPasswd() || `uid-${userInfo().uid}`;
}

/** `userInfo().username` of this runtime is only the variable USER. */
function nameInPasswd(): string | null {
  try {
    const entries = readFileSync("/etc/passwd", "utf8").split("\n");
    const uid = String(userInfo().uid);
    return entries.map((entry) => entry.split(":")).find((fields) => fields[2] === uid)?.[0] ?? null;
  } catch {
    // A container may have no such file.
    return null;
  }
}

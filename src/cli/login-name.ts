import { userInfo } from "node:os";

/** Who sits at the terminal; `LOGNAME` and `USER` only where the system does not know. */
export function loginName(env: Readonly<Record<string, string | undefined>>): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run a user id that has no entry in the password database.
    return env["LOGNAME"] ?? env["USER"] ?? "unknown";
  }
}

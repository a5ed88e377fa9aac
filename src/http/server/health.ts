import { version } from "../../version.ts";

/** The answer of `/health` as long as the process runs. */
export function health(): { status: "ok"; name: "skillmeat"; version: string } {
  return { status: "ok", name: "skillmeat", version };
}

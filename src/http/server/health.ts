import { version } from "../../version.ts";

/** What `/health` says as long as the process answers. */
export function health(): { status: "ok"; name: "skillmeat"; version: string } {
  return { status: "ok", name: "skillmeat", version };
}

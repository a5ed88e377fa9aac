import type { Usage } from "../execution/record.ts";
import { addUsage } from "../execution/usage.ts";
import type { StageRequest } from "./dispatcher.ts";

/** What was charged for a session before an attempt goes on with it: by this attempt, and by those before it. */
export function chargedIn(
  sessionId: string,
  { session, charged }: Pick<StageRequest, "session" | "charged">,
): Usage | null {
  return session?.id === sessionId ? addUsage(session.charged, charged) : charged;
}

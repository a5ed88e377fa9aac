import type { Usage } from "./record.ts";

/** The conversation of an agent with its model, which a later attempt can go on with. */
export interface AgentSession {
  /** Only an agent of the same dispatcher knows it. */
  dispatcher: string;
  id: string;
  /** What was charged for all of it. */
  charged: Usage | null;
}

/** What the attempt ended with that left the session. */
export type SessionEnd = "output_contract" | "budget" | "timeout";

/** A session that an attempt begins with. */
export interface EarlierSession extends AgentSession {
  end: SessionEnd;
}

/** The session for whatever follows a failure; null where it is better to begin anew. */
export function sessionAfter(session: AgentSession | null, errorClass: string): EarlierSession | null {
  if (session === null) return null;
  const end = (["output_contract", "budget", "timeout"] as const).find((each) => each === errorClass);
  return end === undefined ? null : { ...session, end };
}

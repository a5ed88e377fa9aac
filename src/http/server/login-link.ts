import { createHash, randomBytes } from "node:crypto";
import type { Store } from "../../store/database.ts";
import { addLoginLink, takeLoginLink } from "../../store/sessions.ts";

export const linkMinutes = 10;

/** An address of the server at `url` that logs in once, within ten minutes. Any process of the home may make one. */
export function makeLoginLink(store: Store, url: string, nowMs: number): string {
  const secret = randomBytes(24).toString("base64url");
  const expires_at = new Date(nowMs + linkMinutes * 60_000).toISOString();
  addLoginLink(store, { hash: hashOf(secret), expires_at }, new Date(nowMs).toISOString());
  return `${url}/login?t=${secret}`;
}

/** Uses a link up. False: it never was one, it was used, or it is too old. */
export function useLoginLink(store: Store, secret: string, nowMs: number): boolean {
  return takeLoginLink(store, hashOf(secret), new Date(nowMs).toISOString());
}

function hashOf(secret: string): string {
  return createHash("sha256").update(`login link ${secret}`).digest("hex");
}

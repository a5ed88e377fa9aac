import { cookieOf } from "../server/cookie.ts";

export const decidedAsName = "decided_as";
const mostLength = 200;
const yearSeconds = 365 * 24 * 3600;

/** The name that was used for the last decision in this browser; "" before the first. */
export function lastDecider(request: Request): string {
  return Buffer.from(cookieOf(request, decidedAsName) ?? "", "base64url")
    .toString()
    .slice(0, mostLength);
}

/** Stores the name for the next decision. */
export function deciderCookie(name: string): string {
  const value = Buffer.from(name).toString("base64url");
  return `${decidedAsName}=${value}; Path=/; Max-Age=${yearSeconds}; HttpOnly; SameSite=Strict`;
}

import { createHash } from "node:crypto";

/** The sha256 of a definition's source text, in hexadecimal digits. */
export function definitionHash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

import { createHash } from "node:crypto";

/** sha256 of a definition's source text, hex. */
export function definitionHash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

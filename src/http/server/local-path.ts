/**
 * A path of this server that a request names to go to, else the other: a link or form must not lead elsewhere. Only
 * what may stand in a header: whatever else an address has in it is percent-encoded.
 */
export function localPath(given: string | null, otherwise: string): string {
  return given !== null && /^\/(?![/\\])[!-[\]-~]*$/.test(given) ? given : otherwise;
}

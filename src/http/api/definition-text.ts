/** The source text of a definition that came as text or as an object. */
export function definitionText(given: string | Record<string, unknown>): string {
  return typeof given === "string" ? given : `${JSON.stringify(given, null, 2)}\n`;
}

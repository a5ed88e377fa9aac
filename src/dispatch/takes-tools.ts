/** The dispatchers that give their agents the MCP servers and skills that a stage names. */
const takers: ReadonlySet<string> = new Set(["claude-code", "codex", "acp"]);

/** `dispatcher` null: the one that is configured, which is `claude-code` unless somebody has changed it. */
export function takesTools(dispatcher: string | null): boolean {
  return dispatcher === null || takers.has(dispatcher);
}

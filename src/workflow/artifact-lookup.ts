/** Looks up artifacts while a definition is checked; the collection provides it. */
export interface ArtifactLookup {
  /** `ref` is "agent:x", "skill:y", "ctx:z" and so on. Null when there is no such artifact. */
  find(ref: string): { origin: string } | null;
  /** A hint for a reference that leads nowhere, such as `there is a command "scan"`. */
  hint(ref: string): string | null;
  /** The model in the agent's file; null when the file names none or is not an agent. */
  modelOf(ref: string): string | null;
  /** For a reference to an agent: why the file that was found is not an agent. Otherwise null. */
  trouble(ref: string): string | null;
  /** For an agent: what its file names and cannot be used. For an MCP server: why it cannot be used itself. */
  lacks(ref: string): readonly ArtifactLack[];
}

/** Something that is named and cannot be used: the code of its finding, what is wrong, and the way out. */
export interface ArtifactLack {
  code: string;
  says: string;
  wayOut: string;
}

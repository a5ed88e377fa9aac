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
}

/** Where artifacts are looked up while a definition is checked: the collection, seen from here. */
export interface ArtifactLookup {
  /** `ref` is "agent:x", "skill:y", "ctx:z" and so on. Null: there is none. */
  find(ref: string): { origin: string } | null;
  /** Something that helps whoever wrote a ref that is nowhere, such as `there is a command "scan"`. */
  hint(ref: string): string | null;
  /** What the agent's file says of its model; null where it says nothing, or holds no agent. */
  modelOf(ref: string): string | null;
  /** Why what is found is no agent, for an agent's reference; null for all else. */
  trouble(ref: string): string | null;
}

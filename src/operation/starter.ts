/** A first workflow with everything it needs to run at once. */
export interface Starter {
  name: string;
  description: string;
  /** The program that its agents need; null: a shell is enough. */
  program: string | null;
  /** Path below the folder → text; scripts may be run. */
  files: Record<string, string>;
}

import type { Value, ValueObject } from "../expression/value.ts";
import type { AgentFile } from "../execution/snapshot.ts";
import type { StageRequest } from "./dispatcher.ts";

/** Something that an agent's file, or its stage, says and that its dispatcher does not do. */
export interface KeyNote {
  key: string;
  /** What follows the key and its place in a sentence, such as `has no effect`. */
  says: string;
  /** True: it is the stage that says so. */
  isOfStage?: boolean;
}

/** What a dispatcher makes of an agent's file and its stage; it is known before anything is started. */
export interface KeyReading {
  /** The model that the program is told to use; null: it uses its own. */
  model: string | null;
  /** Why no attempt can begin, and the way out. */
  refusal: (KeyNote & { wayOut: string }) | null;
  notes: KeyNote[];
}

/** What of a request the reading depends on. */
export type KeyRequest = Pick<StageRequest, "agent" | "tools" | "model" | "is_model_named">;

/** The sentence that names the key and where it stands: `"hooks" of /p/agents/x.md:4 has no effect`. */
export function noteText({ agent }: Pick<KeyRequest, "agent">, { key, says, isOfStage }: KeyNote): string {
  return `"${key}" of ${isOfStage ? "the stage" : placeOfKey(agent, key)} ${says}`;
}

/** Executions of earlier versions have stored no lines. */
export function placeOfKey(agent: AgentFile | null, key: string): string {
  if (agent === null) return "the agent file";
  const line = agent.lines && Object.hasOwn(agent.lines, key) ? agent.lines[key] : undefined;
  return line === undefined ? agent.path : `${agent.path}:${line}`;
}

/** False for a name as people say it, such as `Claude Sonnet 4 (copilot)`: no program would know it. */
export function isModelId(model: string): boolean {
  return !/\s/.test(model);
}

/** A note for each of the keys that the file has. */
export function ignoredKeys(settings: ValueObject, keys: readonly string[], dispatcher: string): KeyNote[] {
  return [...keys, ...foreignKeys]
    .filter((key) => Object.hasOwn(settings, key) && settings[key] !== false)
    .map((key) => ({ key, says: `has no effect with the dispatcher ${dispatcher}` }));
}

/** Keys that no dispatcher understands, although they would change what the agent does. */
const foreignKeys = ["hooks", "initialPrompt", "readonly"];

/** A note for a value that cannot be meant; null for one that can, and where there is none. */
export function unreadableKey(
  settings: ValueObject,
  key: string,
  { isRead, wanted }: { isRead: boolean; wanted: string },
): KeyNote | null {
  const value: Value | undefined = settings[key];
  if (isRead || value === undefined || value === null || value === "") return null;
  return { key, says: `is ${JSON.stringify(value).slice(0, 80)} and has no effect. write ${wanted}` };
}

import type { ContextModule } from "../execution/snapshot.ts";
import type { ContextConsumed } from "../execution/record.ts";

/** The context of one stage: Markdown for its prompt, and a record of the modules in it. */
export interface PackedContext {
  text: string;
  consumed: ContextConsumed[];
}

/** Joins modules into one text, each module once. */
export function packContext(modules: readonly ContextModule[]): PackedContext {
  if (modules.length === 0) return { text: "", consumed: [] };
  const sections = modules.map(({ name, text }) => `## ${name}\n\n${text.trim()}\n`);
  return {
    text: `# Context\n\n${sections.join("\n")}`,
    consumed: modules.map(({ ref, name, text }) => ({
      module_id: ref,
      name,
      tokens: tokensOf(text),
      bytes: Buffer.byteLength(text),
    })),
  };
}

/** A token is counted as four characters, like in SkillMeat. */
function tokensOf(text: string): number {
  return Math.max(1, Math.floor(text.length / 4));
}

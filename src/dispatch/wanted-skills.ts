import { isArray } from "../expression/own-property.ts";
import type { Value, ValueObject } from "../expression/value.ts";

const form = "write the names of skills, as [pdf, charts]";

/** The skills of a stage as references: first what its tools name, then `skills` of its agent's file. */
export function wantedSkills(
  tools: readonly string[],
  settings: ValueObject | undefined,
): { refs: string[]; problem: { says: string; wayOut: string } | null } {
  const named = tools.filter((tool) => tool.startsWith("skill:"));
  const own = ownSkills(settings?.["skills"]);
  const refs = [...new Set([...named, ...(own ?? [])])];
  const problem = own === null ? { says: '"skills" holds something that is no name', wayOut: form } : null;
  return { refs, problem };
}

function ownSkills(value: Value | undefined): string[] | null {
  if (value === undefined || value === null) return [];
  const items: readonly Value[] =
    typeof value === "string" ? value.split(/[\s,]+/) : isArray(value) ? value : [value];
  const names = items.map((item) => (typeof item === "string" ? item.trim() : null));
  if (names.includes(null)) return null;
  return names.flatMap((name) =>
    name === null || name === "" ? [] : `skill:${name.replace(/^skill:/, "")}`,
  );
}

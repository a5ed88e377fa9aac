import type { Edit } from "../../../workflow/edit/edit.ts";
import type { Path } from "../../../workflow/source-node.ts";
import type { Value } from "../../../expression/value.ts";

/**
 * What makes one list of texts of another, item by item, so that the comments beside those that stay do too. `to` are
 * the values of the wanted texts. A list whose order differs, or that is not there, is set as a whole.
 */
export function listEdits(
  path: Path,
  before: readonly string[] | null,
  wanted: readonly string[],
  valueOf: (text: string) => Value,
): Edit[] {
  if (before !== null && sameTexts(before, wanted)) return [];
  if (wanted.length === 0) return before === null ? [] : [{ kind: "remove", path }];
  const whole: Edit = { kind: "set", path, value: wanted.map(valueOf) };
  if (before === null || before.length === 0) return [whole];
  const open = [...wanted];
  const stays = before.map((text) => {
    const at = open.indexOf(text);
    if (at >= 0) open.splice(at, 1);
    return at >= 0;
  });
  const kept = before.filter((_, at) => stays[at]);
  if (kept.length === 0 || !isWithin(kept, wanted)) return [whole];
  const removals = before.flatMap((_, at): Edit[] =>
    stays[at] ? [] : [{ kind: "remove", path: [...path, at] }],
  );
  return [...removals.toReversed(), ...insertions(path, kept, wanted, valueOf)];
}

function insertions(
  path: Path,
  kept: readonly string[],
  wanted: readonly string[],
  valueOf: (text: string) => Value,
): Edit[] {
  let next = 0;
  return wanted.flatMap((text, at): Edit[] => {
    if (text === kept[next]) {
      next++;
      return [];
    }
    return [{ kind: "insert", path, at, value: valueOf(text) }];
  });
}

/** True when one list results from the other by leaving items out. */
function isWithin(some: readonly string[], all: readonly string[]): boolean {
  let next = 0;
  for (const text of all) if (text === some[next]) next++;
  return next === some.length;
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, at) => text === b[at]);
}

import type { Value, ValueObject } from "../expression/value.ts";

/** Random choices from a seed: the same seed always gives the same definition and the same text. */
export interface Draw {
  /** A whole number from 0 to below the bound. */
  upTo(bound: number): number;
  chance(percent: number): boolean;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
}

export function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const upTo = (bound: number): number => Math.floor(next() * bound);
  return {
    upTo,
    chance: (percent) => upTo(100) < percent,
    pick: (items) => items[upTo(items.length)] ?? items[0],
  };
}

const texts = [
  "A name",
  "it's",
  'say "so"',
  "a: b",
  "a # b",
  "true",
  "1.0",
  "2026-11-25",
  "~",
  "",
  " padded ",
  "- dash",
  "日本 😀",
  "a, b",
  "{x}",
  "back\\slash",
  "yes",
  "@at",
  "tab\there",
  "end:",
  "one\ntwo\n",
  "one\n\n  two\nthree",
] as const;

export function randomText(draw: Draw): string {
  return draw.pick(texts);
}

export function randomDefinition(draw: Draw): ValueObject {
  const ids = ["scan", "build-it", "review", "ship", "2nd"].slice(0, 1 + draw.upTo(5));
  const stages = ids.map((id, at) => randomStage(draw, id, ids.slice(0, at)));
  return {
    workflow: {
      id: "random",
      name: randomText(draw) || "x",
      ...maybeEntry(draw, "description", () => randomText(draw)),
      ...maybeEntry(draw, "tags", () => listOf(draw, () => randomText(draw))),
      ...maybeEntry(draw, "x-note", () => randomJson(draw, 2)),
    },
    ...maybeEntry(draw, "config", () => ({
      parameters: { feature: { type: "string", ...maybeEntry(draw, "default", () => randomText(draw)) } },
      ...maybeEntry(draw, "env", () => ({ FEATURE: "${{ parameters.feature }}", OTHER: randomText(draw) })),
      ...maybeEntry(draw, "timeout", () => "2h"),
    })),
    stages,
    ...maybeEntry(draw, "hooks", () => ({
      on_complete: { notify: { channel: "c", message: randomText(draw) } },
    })),
  };
}

export function randomStage(draw: Draw, id: string, before: readonly string[]): ValueObject {
  const source = before.at(-1);
  const reference = source === undefined ? "parameters.feature" : reachOf(draw, source);
  return {
    id,
    ...maybeEntry(draw, "name", () => randomText(draw) || "x"),
    ...maybeEntry(draw, "depends_on", () => before),
    ...maybeEntry(draw, "condition", () => `\${{ ${reference} != 'no' }}`),
    roles: {
      primary: draw.chance(40) ? "agent:x" : { artifact: "agent:y", instructions: `Do ${randomText(draw)}` },
      ...maybeEntry(draw, "tools", () => listOf(draw, () => draw.pick(["skill:a", "skill:b"]))),
    },
    ...maybeEntry(draw, "inputs", () => ({ given: { type: "string", source: reference, required: false } })),
    outputs: { o: { type: "string", ...maybeEntry(draw, "default", () => randomJson(draw, 2)) } },
    ...maybeEntry(draw, "error_policy", () => ({
      retry: { max_attempts: 3 },
      timeout: "30m",
      idle_timeout: "5m",
    })),
    ...maybeEntry(draw, "permissions", () => "fail"),
    ...(draw.chance(50) ? {} : { workspace: "worktree", ...maybeEntry(draw, "commit", () => "success") }),
    ...maybeEntry(draw, "budget", () => ({ usd: 2.5, tokens: 100_000 })),
  };
}

export function randomJson(draw: Draw, depth: number): Value {
  const kind = draw.upTo(depth > 0 ? 6 : 4);
  if (kind === 0) return draw.pick([0, 1.5, -3, 1e21]);
  if (kind === 1) return draw.pick([true, false, null]);
  if (kind < 4) return randomText(draw);
  if (kind === 4) return listOf(draw, () => randomJson(draw, depth - 1));
  const keys = ["a", "b c", "true", "12", "é"].slice(0, draw.upTo(4));
  return Object.fromEntries(keys.map((key) => [key, randomJson(draw, depth - 1)]));
}

function reachOf(draw: Draw, id: string): string {
  if (/^\d/.test(id)) return `stages["${id}"].outputs.o`;
  return draw.pick([`stages.${id}.outputs.o`, `stages['${id}'].outputs.o`, `stages . ${id} .outputs["o"]`]);
}

function maybeEntry(draw: Draw, key: string, make: () => Value): ValueObject {
  return draw.chance(50) ? { [key]: make() } : {};
}

function listOf(draw: Draw, make: () => Value): Value {
  return Array.from({ length: draw.upTo(4) }, make);
}

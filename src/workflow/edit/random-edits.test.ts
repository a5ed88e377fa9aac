import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Value } from "../../expression/value.ts";
import {
  drawFrom,
  randomDefinition,
  randomJson,
  randomStage,
  randomText,
  type Draw,
} from "../../testing/random-definition.ts";
import { randomJsonText, randomYaml } from "../../testing/random-text.ts";
import { readSource } from "../read-source.ts";
import { sourceMap } from "../source-map.ts";
import { valueOf, type Path } from "../source-node.ts";
import { applyEdit, applyEdits } from "./apply-edit.ts";
import type { Edit, EditResult } from "./edit.ts";

/** Any definition in any hand, and a source of further choices. */
interface Case {
  text: string;
  /** What it reads as: its own plain copy, to be changed. */
  value: Value;
  draw: Draw;
}

const cases = fc
  .integer({ min: 0, max: 2 ** 31 })
  .map(caseOf)
  .filter(({ text, value }) => Bun.deepEquals(read(text), value));

function caseOf(seed: number): Case {
  const draw = drawFrom(seed);
  const value: Value = JSON.parse(JSON.stringify(randomDefinition(draw)));
  return { text: draw.chance(15) ? randomJsonText(draw, value) : randomYaml(draw, value), value, draw };
}

function holds(check: (given: Case) => void, numRuns = 200): void {
  fc.assert(fc.property(cases, check), { numRuns });
}

describe("the edited text reads as the edit done to what the text read as:", () => {
  test("set, to any value anywhere", () =>
    holds(({ text, value, draw }) => {
      const path = anyPath(draw, value);
      const put = draw.chance(50) ? randomText(draw) : randomJson(draw, 3);
      const copy = structuredClone(value);
      assign(copy, path, put);
      expect(read(edited(text, { kind: "set", path, value: put }))).toEqual(copy);
    }));

  test("set, of a list that differs here and there", () =>
    holds(({ text, value, draw }) => {
      const path = anyList(draw, value);
      const list = [...listAt(value, path)];
      for (let at = 0; at < 3; at++) {
        list.splice(draw.upTo(list.length + 1), draw.upTo(2), ...(draw.chance(50) ? [randomText(draw)] : []));
      }
      const copy = structuredClone(value);
      assign(copy, path, list);
      expect(read(edited(text, { kind: "set", path, value: list }))).toEqual(copy);
    }));

  test("insert", () =>
    holds(({ text, value, draw }) => {
      const path = anyList(draw, value);
      const at = draw.upTo(listAt(value, path).length + 1);
      const put = path.length === 1 ? randomStage(draw, "new", []) : randomJson(draw, 2);
      const copy = structuredClone(value);
      listAt(copy, path).splice(at, 0, put);
      expect(read(edited(text, { kind: "insert", path, at, value: put }))).toEqual(copy);
    }));

  test("remove: the key or item is gone, and with it only parents that would be empty", () =>
    holds(({ text, value, draw }) => {
      const path = anyPath(draw, value);
      const result = read(edited(text, { kind: "remove", path }));
      const copy = structuredClone(value);
      const parent = at(copy, path.slice(0, -1));
      if (Array.isArray(parent)) parent.splice(Number(path.at(-1)), 1);
      else if (isRecord(parent)) Reflect.deleteProperty(parent, String(path.at(-1)));
      expect(withoutEmpty(result)).toEqual(withoutEmpty(copy));
    }));

  test("rename of a stage: no reference to the old id is left, and no other text changes", () =>
    holds(({ text, value, draw }) => {
      const id = anyStage(draw, value);
      const to = draw.pick(["other", "a-b", "9x"]);
      const result = JSON.stringify(read(edited(text, { kind: "rename_stage", id, to })));
      const dotted = /^\d/.test(to) ? `stages['${to}']` : `stages.${to}`;
      const expected = JSON.stringify(value)
        .replaceAll(`stages.${id}.`, `${dotted}.`)
        .replaceAll(`stages . ${id} .`, /^\d/.test(to) ? `stages ['${to}'] .` : `stages . ${to} .`)
        .replaceAll(`stages['${id}']`, `stages['${to}']`)
        .replaceAll(`stages[\\"${id}\\"]`, `stages[\\"${to}\\"]`)
        .replaceAll(new RegExp(`(?<=(?:"id":|[[,]))"${id}"`, "g"), `"${to}"`);
      expect(result.replaceAll("stages ['", "stages['")).toEqual(
        expected.replaceAll("stages ['", "stages['"),
      );
    }));
});

test("several edits at once are the same as one after the other, wherever they are", () =>
  holds(({ text, value, draw }) => {
    const edits = Array.from({ length: 4 }, () => anyEdit(draw, value));
    let one: string | null = text;
    for (const edit of edits) {
      const next: EditResult | null = one === null ? null : applyEdit(one, edit);
      one = next?.ok ? next.text : null;
    }
    const all = applyEdits(text, edits);
    expect(all.ok ? read(all.text) : null).toEqual(one === null ? null : read(one));
  }));

describe("what an edit does, another undoes to the byte:", () => {
  test("a move there and back, including comments", () =>
    holds(({ text, value, draw }) => {
      const path = draw.chance(60) ? ["stages"] : anyList(draw, value);
      const { length } = listAt(value, path);
      if (length === 0) return;
      const [from, to] = [draw.upTo(length), draw.upTo(length)];
      const there = edited(text, { kind: "move", path, from, to });
      expect(edited(there, { kind: "move", path, from: to, to: from })).toBe(text);
    }));

  test("an insert and a remove", () =>
    holds(({ text, value, draw }) => {
      const path = anyList(draw, value);
      const { length } = listAt(value, path);
      if (length === 0) return;
      const at = draw.upTo(length + 1);
      const put =
        path.length === 1 ? { id: "new", roles: { primary: "agent:n" } } : draw.pick(["x", "a: b", 7]);
      const there = edited(text, { kind: "insert", path, at, value: put });
      expect(edited(there, { kind: "remove", path: [...path, at] })).toBe(text);
    }));

  test("a new field and its removal, its new parents included", () =>
    holds(({ text, value, draw }) => {
      const stage = ["stages", draw.upTo(listAt(value, ["stages"]).length)];
      const path = draw.pick<Path>([
        ["workflow", "author"],
        ["config", "max_parallel"],
        ["context", "memory", "max_tokens"],
        [...stage, "description"],
        [...stage, "handoff", "format"],
        [...stage, "error_policy", "retry", "initial_interval"],
      ]);
      const put = draw.pick<Value>(["x", "a: b", 7]);
      const there = edited(text, { kind: "set", path, value: put });
      expect(edited(there, { kind: "remove", path })).toBe(text);
    }));

  test("a copy of a stage and its removal", () =>
    holds(({ text, value, draw }) => {
      const id = anyStage(draw, value);
      const ids = listAt(value, ["stages"]).map((stage) => at(stage, ["id"]));
      const there = edited(text, { kind: "duplicate_stage", id, to: "copy" });
      expect(edited(there, { kind: "remove", path: ["stages", ids.indexOf(id) + 1] })).toBe(text);
    }));
});

describe("what is outside stays byte for byte:", () => {
  test("around a value of one line", () =>
    holds(({ text, value, draw }) => {
      const path = anyPath(draw, value);
      const range = sourceMap(text)?.rangeOf(path);
      const old = at(value, path);
      if (!range || range.start === range.end || typeof old === "object") return;
      if (text.slice(range.start, range.end).includes("\n")) return;
      const put = draw.pick(["plain", "a: b", "it's", "true", 12, false]);
      const result = edited(text, { kind: "set", path, value: put });
      const behind = text.slice(range.end);
      expect(result.slice(0, range.start)).toBe(text.slice(0, range.start));
      expect(result.slice(result.length - behind.length)).toBe(behind);
    }));

  test("no comment is lost but those of what is taken out", () =>
    holds(({ text, value, draw }) => {
      const stages = listAt(value, ["stages"]);
      const path = ["stages", draw.upTo(stages.length)];
      const map = sourceMap(text);
      const range = map?.rangeOf(path);
      if (!range || stages.length < 2) return;
      const result = edited(text, { kind: "remove", path });
      const lines = text.slice(0, range.start).split(/\r?\n/).slice(0, -1);
      // A dash may stand lines above what it is of.
      const dash = lines.findLastIndex((line) => !/^\s*(#.*)?$/.test(line));
      if (/^\s*-\s*(#.*)?$/.test(lines[dash] ?? "")) lines.length = dash;
      while (/^\s*#/.test(lines.at(-1) ?? "")) lines.pop();
      // Not from a "#" in a value on: the comma between the two may be the one that goes.
      for (const comment of lines.join("\n").match(/#[^#\n]*c\d+\b/g) ?? [])
        expect(result).toContain(comment);
      // The comma before a last item goes with it.
      const above = lines.join("\n").replaceAll(",", "").trimEnd();
      expect(result.replace(/[\r,]/g, "").slice(0, above.length)).toBe(above);
    }));
});

function edited(text: string, edit: Edit): string {
  const result = applyEdit(text, edit);
  if (!result.ok) throw new Error(`${JSON.stringify(edit)} is refused: ${result.message}\n${text}`);
  return result.text;
}

function read(text: string): Value {
  const { root } = readSource(text);
  return root ? valueOf(root) : null;
}

function at(value: Value, path: Path): Value {
  return path.reduce<Value>((held, step) => (held as Record<string, Value>)[step] ?? null, value);
}

function listAt(value: Value, path: Path): Value[] {
  const list = at(value, path);
  if (!Array.isArray(list)) throw new Error("no list");
  return list;
}

function assign(value: Value, path: Path, put: Value): void {
  const parent = at(value, path.slice(0, -1)) as Record<string, Value>;
  parent[String(path.at(-1))] = put;
}

function isRecord(value: Value): value is Record<string, Value> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function withoutEmpty(value: Value): Value | undefined {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value))
    return value.length > 0 ? value.map((item) => withoutEmpty(item) ?? null) : undefined;
  const fields = Object.entries(value).flatMap(([key, part]) => {
    const kept = withoutEmpty(part);
    return kept === undefined ? [] : [[key, kept] as const];
  });
  return fields.length > 0 ? Object.fromEntries(fields) : undefined;
}

function pathsOf(value: Value, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const steps = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return [path, ...steps.flatMap((step) => pathsOf(at(value, [step]), [...path, step]))];
}

function anyPath(draw: Draw, value: Value): Path {
  const [, first = [], ...rest] = pathsOf(value);
  return draw.pick([first, ...rest]);
}

function anyList(draw: Draw, value: Value): Path {
  return draw.pick([["stages"], ...pathsOf(value).filter((path) => Array.isArray(at(value, path)))]);
}

function anyEdit(draw: Draw, value: Value): Edit {
  const path = anyPath(draw, value);
  const list = anyList(draw, value);
  const { length } = listAt(value, list);
  return draw.pick<Edit>([
    { kind: "set", path, value: randomText(draw) },
    { kind: "remove", path },
    { kind: "insert", path: list, at: draw.upTo(length + 1), value: randomText(draw) },
    { kind: "move", path: list, from: draw.upTo(length), to: draw.upTo(length) },
    { kind: "set", path: ["workflow", "author"], value: "me" },
    { kind: "set", path: ["context", "memory", "max_tokens"], value: draw.upTo(9) },
  ]);
}

function anyStage(draw: Draw, value: Value): string {
  const ids = listAt(value, ["stages"]).map((stage) => String(at(stage, ["id"])));
  return draw.pick([ids[0] ?? "", ...ids]);
}

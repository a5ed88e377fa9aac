import { describe, expect, test } from "bun:test";
import { sourceMap } from "./source-map.ts";

const text = `# a workflow
workflow: { id: w, name: "W é" } # inline
stages:
  - id: a
    name: >
      two
      lines
  # about b
  - { id: b, depends_on: [a, "b c"] }
`;

describe("sourceMap", () => {
  test.each([
    [["workflow", "name"], '"W é"', 2, 26],
    [["stages", 0, "id"], "a", 4, 9],
    [["stages", 0, "name"], ">\n      two\n      lines\n", 5, 11],
    [["stages", 1], '{ id: b, depends_on: [a, "b c"] }', 9, 5],
    [["stages", 1, "depends_on", 1], '"b c"', 9, 30],
  ])("%p is %p", (path, slice, line, column) => {
    const range = sourceMap(text)?.rangeOf(path);
    expect(text.slice(range?.start, range?.end)).toBe(slice);
    expect([range?.line, range?.column]).toEqual([line, column]);
  });

  test("finds keys too", () => {
    const range = sourceMap(text)?.keyRangeOf(["stages", 1, "depends_on"]);
    expect(text.slice(range?.start, range?.end)).toBe("depends_on");
  });

  test("a byte order mark and CRLF do not shift offsets", () => {
    const shifted = `\uFEFF${text.replaceAll("\n", "\r\n")}`;
    const range = sourceMap(shifted)?.rangeOf(["stages", 1, "depends_on", 0]);
    expect(shifted.slice(range?.start, range?.end)).toBe("a");
    expect([range?.line, range?.column]).toEqual([9, 27]);
  });

  test("a missing node has no range, and a text that is not YAML has no map", () => {
    expect(sourceMap(text)?.rangeOf(["stages", 7])).toBeNull();
    expect(sourceMap(text)?.rangeOf(["workflow", "toString"])).toBeNull();
    expect(sourceMap("a: [")).toBeNull();
  });
});

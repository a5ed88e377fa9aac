import { describe, expect, test } from "bun:test";
import { cut, tableLines, type Column } from "./table.ts";

const columns: Column[] = [
  { title: "no", align: "right" },
  { title: "stage", shrinks: true },
  { title: "says", shrinks: true },
];
const rows = [
  ["1", "build", "compiling everything there is in this project"],
  ["12", "文字-stage", "ok"],
];

describe("a table", () => {
  test("is as wide as it needs to be on a pipe", () => {
    expect(tableLines(columns, rows)).toEqual([
      "no  stage       says",
      " 1  build       compiling everything there is in this project",
      "12  文字-stage  ok",
    ]);
  });

  test.each([20, 30, 40, 60, 200])("never overflows a terminal of %p columns", (width) => {
    for (const line of tableLines(columns, rows, width))
      expect(Bun.stringWidth(line)).toBeLessThanOrEqual(width);
  });

  test("gives the room that is left to the columns that need it", () => {
    expect(tableLines(columns, rows, 40)[1]).toBe(" 1  build       compiling everything th…");
  });

  test("a column is not cut below what it needs to be of use: others go first", () => {
    const ids: Column[] = [
      { title: "run", shrinks: true, least: 9 },
      { title: "name", shrinks: true },
      { title: "at" },
    ];
    const row = ["0192f3a4-5b6c", "a long name", "12:30"];
    expect(tableLines(ids, [row], 26)[1]).toBe("0192f3a4…  a long …  12:30");
    expect(tableLines(ids, [row], 22)[1]).toBe("0192f3a4…  a l…  12:30");
    expect(tableLines(ids, [row], 16)[1]).toBe("0192f3a4…  a l……");
  });

  test("styles do not count as width, and are closed where a cell is cut", () => {
    const red = (text: string): string => `\u001b[31m${text}\u001b[39m`;
    const lines = tableLines(
      [{ title: "a", shrinks: true, paint: red }, { title: "b" }],
      [["long text", "x"]],
      8,
    );
    expect(lines[1]).toBe(`${red("long…")}  x`);
    expect(Bun.stringWidth(cut(red("long text"), 5))).toBe(5);
  });

  test("text of agents cannot move the cursor, colour the screen or break a line", () => {
    const hostile = "\u001b[2J\u001b]0;title\u0007a\nb\u0008\u009b31mc";
    expect(tableLines([{ title: "x" }], [[hostile]])[1]).not.toMatch(/\p{Cc}/u);
  });
});

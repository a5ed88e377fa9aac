import { describe, expect, test } from "bun:test";
import { questionLines, type Question } from "./question-lines.ts";

const keys = ["approve? [y]es, [n]o, [l]ater", "[y]es [n]o [l]ater", "y/n/l"];
const command = "skillmeat workflow approve 5e86b7 deploy-approval --as ada";

function asked(text: string, columns: number, most: number): string[] {
  const question: Question = { text: [text], command, keys };
  return questionLines(question, { columns, most });
}

describe("a question", () => {
  test("is its text, the command and the keys", () => {
    expect(asked("gate waits: Ready?", 80, 10)).toEqual(["gate waits: Ready?", command, keys[0] ?? ""]);
  });

  test("is wrapped at blanks, and at line ends of the message", () => {
    expect(asked("one two three\nfour abcdefghijklmnop", 12, 20)).toEqual([
      "one two",
      "three",
      "four",
      "abcdefghijkl",
      "mnop",
      command,
      "y/n/l",
    ]);
  });

  test("gives up the command before the last line of its text, and never the keys", () => {
    const text = "word ".repeat(500).trim();
    for (const columns of [4, 12, 20, 40, 80, 200]) {
      for (let most = 1; most < 30; most++) {
        const lines = asked(text, columns, most);
        const height = lines.reduce((sum, line) => sum + Math.ceil(Bun.stringWidth(line) / columns), 0);
        expect(height).toBeLessThanOrEqual(most);
        expect(lines.at(-1)).toMatch(
          columns < 6 ? /^y/ : /^(approve\? \[y\]es, \[n\]o, \[l\]ater|\[y\]es \[n\]o \[l\]ater|y\/n\/l)$/,
        );
      }
    }
    expect(asked(text, 40, 3)).toEqual([
      expect.stringMatching(/^word/),
      expect.stringMatching(/ …$/),
      keys[0] ?? "",
    ]);
  });

  test("that only tells something has no keys", () => {
    expect(
      questionLines({ text: ["approving"], command: null, keys: null }, { columns: 80, most: 9 }),
    ).toEqual(["approving"]);
  });
});

import { describe, expect, test } from "bun:test";
import { readUnifiedDiff } from "./unified-diff.ts";

const limits = { mostFiles: 10, mostLines: 100, mostLinesInAll: 1000 };

const changed = `diff --git a/src/a b.ts b/src/a b.ts
index 111..222 100644
--- a/src/a b.ts
+++ b/src/a b.ts
@@ -10,4 +10,4 @@ function refresh() {
 const one = 1;
-const two = 2;
+const two = 3;
+diff --git a/x b/x
 const end = 4;
\\ No newline at end of file
`;

describe("a unified diff of git", () => {
  test("is read by files, with the numbers of their lines", () => {
    const { files, added, removed } = readUnifiedDiff(changed, limits);
    expect({ added, removed }).toEqual({ added: 2, removed: 1 });
    expect(files).toEqual([
      {
        path: "src/a b.ts",
        earlierPath: null,
        kind: "changed",
        isBinary: false,
        added: 2,
        removed: 1,
        more: 0,
        lines: [
          { kind: "gap", text: "@@ -10,4 +10,4 @@ function refresh() {", from: null, to: null },
          { kind: "same", text: "const one = 1;", from: 10, to: 10 },
          { kind: "removed", text: "const two = 2;", from: 11, to: null },
          { kind: "added", text: "const two = 3;", from: null, to: 11 },
          { kind: "added", text: "diff --git a/x b/x", from: null, to: 12 },
          { kind: "same", text: "const end = 4;", from: 12, to: 13 },
          { kind: "gap", text: "No newline at end of file", from: null, to: null },
        ],
      },
    ]);
  });

  test.each([
    [
      "a new file",
      "new file mode 100644\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+one\n",
      { kind: "added", added: 1 },
    ],
    [
      "a removed file",
      "deleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-one\n",
      { kind: "removed", removed: 1 },
    ],
    ["a new mode", "old mode 100644\nnew mode 100755\n", { kind: "changed", lines: [] }],
    ["a binary file", "index 1..2 100644\nBinary files a/x and b/x differ\n", { isBinary: true, lines: [] }],
    [
      "a moved file",
      "similarity index 100%\nrename from old name\nrename to new name\n",
      { kind: "moved", earlierPath: "old name", path: "new name" },
    ],
  ])("tells %s", (_, rest, expected) => {
    const { files } = readUnifiedDiff(`diff --git a/x b/x\n${rest}`, limits);
    expect(files).toMatchObject([expected]);
  });

  test("has names that git writes in quotes", () => {
    const name = String.raw`"a/tab\there \"and\" \\ bell\007"`;
    const { files } = readUnifiedDiff(
      `diff --git ${name} ${name.replace("a/", "b/")}\nold mode 1\nnew mode 2\n`,
      limits,
    );
    expect(files[0]?.path).toBe('tab\there "and" \\ bell\u0007');
  });

  test("of nothing has no files", () => {
    expect(readUnifiedDiff("", limits)).toEqual({ files: [], moreFiles: 0, added: 0, removed: 0 });
  });

  test("is bounded: by the lines of a file, of all files, and by the number of files, and all are counted", () => {
    const part = (name: string): string =>
      `diff --git a/${name} b/${name}\n@@ -0,0 +1,9 @@\n${"+x\n".repeat(9)}`;
    const text = ["a", "b", "c"].map(part).join("");
    const { files, moreFiles, added } = readUnifiedDiff(text, {
      mostFiles: 2,
      mostLines: 6,
      mostLinesInAll: 8,
    });
    expect(files.map(({ lines, more, added: count }) => [lines.length, more, count])).toEqual([
      [6, 4, 9],
      [2, 8, 9],
    ]);
    expect({ moreFiles, added }).toEqual({ moreFiles: 1, added: 27 });
  });
});

import { describe, expect, test } from "bun:test";
import { completionScript } from "./completion.ts";
import { commandTable } from "./command-table.ts";

/** What bash would offer for a line whose last word is being typed. */
async function bashOffers(words: string[]): Promise<string[]> {
  const script = `${completionScript("bash", commandTable)}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}
_skillmeat; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const shell = Bun.spawn(["bash", "--norc", "-c", script], {
    cwd: import.meta.dir,
    stderr: "pipe",
    stdin: "ignore",
  });
  expect(await new Response(shell.stderr).text()).toBe("");
  return (await new Response(shell.stdout).text()).split("\n").filter((word) => word !== "");
}

describe("completion in bash", () => {
  test.each([
    [
      ["skillmeat", "w"],
      ["workflow", "worktree"],
    ],
    [
      ["skillmeat", "workflow", "re"],
      ["reject", "resume", "rerun"],
    ],
    [
      ["skillmeat", "workflow", "runs", "--l"],
      ["--logs", "--limit"],
    ],
    [
      ["skillmeat", "workflow", "runs", "--status", "c"],
      ["completed", "cancelled"],
    ],
    [["skillmeat", "workflow", "validate", "completion.te"], ["completion.test.ts"]],
    [["skillmeat", "completion", "z"], ["zsh"]],
    [["skillmeat", "engine"], []],
    [["skillmeat", "db", "--data-dir", "/x", "st"], ["status"]],
  ])("%p offers %p", async (words, offered) => {
    expect((await bashOffers(words)).toSorted()).toEqual(offered.toSorted());
  });
});

test.each(["zsh", "fish"])("the %s script names every command and no hidden one", (shell) => {
  const script = completionScript(shell, commandTable);
  for (const word of ["validate", "approve", "migrate", "doctor"]) expect(script).toContain(word);
  expect(script).not.toContain("engine-host");
});

test("another shell is refused by name", () => {
  expect(() => completionScript("tcsh", commandTable)).toThrow('no completion for "tcsh": bash, zsh or fish');
});

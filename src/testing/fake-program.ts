import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A program in PATH that plays what a test wants. */
export interface FakeProgram {
  /** The folder to put first in PATH. */
  bin: string;
  /** The arguments of its calls so far, one list a call. */
  calls(): string[][];
  /** What it has read on its stdin, in the last call. */
  stdin(): string;
}

/**
 * `version` is its answer to `--version`, `script` the shell's text that it runs once it has read its stdin.
 * `isTalkedTo`: the script itself reads stdin, and appends it to `$stdin`.
 */
export function makeFakeProgram(
  folder: string,
  {
    name,
    version,
    script,
    isTalkedTo = false,
  }: { name: string; version: string; script: string; isTalkedTo?: boolean },
): FakeProgram {
  const bin = join(folder, `${name}-bin`);
  mkdirSync(bin, { recursive: true });
  const [argv, stdin] = [join(bin, "argv"), join(bin, "stdin")];
  writeFileSync(argv, "");
  writeFileSync(
    join(bin, name),
    [
      "#!/bin/sh",
      `if [ "$1" = --version ]; then echo "${version}"; exit 0; fi`,
      `printf '%s\\0' "$@" >>"${argv}"; printf '\\n' >>"${argv}"`,
      isTalkedTo ? `stdin="${stdin}"; : >"$stdin"` : `cat >"${stdin}"`,
      script,
      "",
    ].join("\n"),
  );
  chmodSync(join(bin, name), 0o755);
  return {
    bin,
    calls: () =>
      readFileSync(argv, "utf8")
        .split("\0\n")
        .filter((call) => call !== "")
        .map((call) => call.split("\0")),
    stdin: () => readFileSync(stdin, "utf8"),
  };
}

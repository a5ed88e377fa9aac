import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A program named `claude` that plays what a test wants, for PATH. */
export interface FakeClaude {
  /** The folder to put first in PATH. */
  bin: string;
  /** The arguments of its calls so far, one list a call. */
  calls(): string[][];
  /** What it has read on its stdin, in the last call. */
  stdin(): string;
}

/** The folder of the recorded streams. */
export const claudeSamples = join(import.meta.dir, "../dispatch/claude-code/samples");

/** `script` is the shell's text that it runs once it has read its stdin. */
export function makeFakeClaude(folder: string, script: string, version = "2.1.332"): FakeClaude {
  const bin = join(folder, "claude-bin");
  mkdirSync(bin, { recursive: true });
  const [argv, stdin] = [join(bin, "argv"), join(bin, "stdin")];
  writeFileSync(argv, "");
  writeFileSync(
    join(bin, "claude"),
    [
      "#!/bin/sh",
      `if [ "$1" = --version ]; then echo "${version} (Claude Code)"; exit 0; fi`,
      `printf '%s\\0' "$@" >>"${argv}"; printf '\\n' >>"${argv}"`,
      `cat >"${stdin}"`,
      script,
      "",
    ].join("\n"),
  );
  chmodSync(join(bin, "claude"), 0o755);
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

/** The shell's text that plays a recorded stream. */
export function playSample(name: string): string {
  return `cat "${join(claudeSamples, `${name}.jsonl`)}"`;
}

import { join } from "node:path";
import { makeFakeProgram, type FakeProgram } from "./fake-program.ts";

/** The folder of the recorded streams. */
export const claudeSamples = join(import.meta.dir, "../dispatch/claude-code/samples");

/** A program named `claude`; `script` is the shell's text that it runs once it has read its stdin. */
export function makeFakeClaude(folder: string, script: string, version = "2.1.332"): FakeProgram {
  return makeFakeProgram(folder, { name: "claude", version: `${version} (Claude Code)`, script });
}

/** The shell's text that plays a recorded stream. */
export function playSample(name: string): string {
  return `cat "${join(claudeSamples, `${name}.jsonl`)}"`;
}

import { join } from "node:path";
import { makeFakeProgram, type FakeProgram } from "./fake-program.ts";

/** The folder of the recorded streams. */
export const codexSamples = join(import.meta.dir, "../dispatch/codex/samples");

/** A program named `codex`; `script` is the shell's text that it runs once it has read its stdin. */
export function makeFakeCodex(folder: string, script: string, version = "0.171.0"): FakeProgram {
  return makeFakeProgram(folder, { name: "codex", version: `codex-cli ${version}`, script });
}

/** The shell's text that plays a recorded stream. */
export function playCodexSample(name: string): string {
  return `cat "${join(codexSamples, `${name}.jsonl`)}"`;
}

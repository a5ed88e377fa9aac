import { lstatSync, mkdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AppError } from "../errors.ts";
import { nearest } from "../expression/nearest.ts";
import { firstLooks } from "./first-look.ts";
import { reviewedChange } from "./reviewed-change.ts";
import type { Starter } from "./starter.ts";

const greeting: Starter = {
  name: "greeting",
  description: "Two stages done by a shell script: one makes a text, the next counts its words",
  program: null,
  files: {
    "WORKFLOW.yaml": `# Run it:     skillmeat workflow run .
# Plan it:    skillmeat workflow plan . --param name=Ada
workflow:
  id: greeting
  name: Greeting

config:
  parameters:
    name: { type: string, default: world, description: Who is greeted }

stages:
  - id: greet
    name: Say hello
    roles:
      primary: agent:greeter
    inputs:
      name: { type: string, source: "\${{ parameters.name }}" }
    outputs:
      greeting: { type: string }

  - id: count
    name: Count the words
    depends_on: [greet]
    roles:
      primary: agent:counter
    inputs:
      text: { type: string, source: "\${{ stages.greet.outputs.greeting }}" }
    outputs:
      words: { type: integer }
`,
    ".claude/agents/greeter.md": agentFile("greeter", "Greets somebody by name"),
    ".claude/agents/greeter.sh": script("name", 'echo "greeting=Hello, $name!" >>"$SKILLMEAT_OUTPUT_KV"'),
    ".claude/agents/counter.md": agentFile("counter", "Counts the words of a text"),
    ".claude/agents/counter.sh": script(
      "text",
      'set -f; set -- $text; echo "words=$#" >>"$SKILLMEAT_OUTPUT_KV"',
    ),
  },
};

/** The workflows that `init` can begin with; the first ones need no agent installed. */
export const starters: readonly Starter[] = [reviewedChange, greeting, ...firstLooks];

/** Those that can run here, those first that a model does. `isInstalled` tells whether a program is there. */
export function offeredStarters(isInstalled: (program: string) => boolean): Starter[] {
  const usable = starters.filter(({ program }) => program === null || isInstalled(program));
  return usable.toSorted((a, b) => Number(a.program === null) - Number(b.program === null));
}

/** Throws `AppError("conflict")` where there is a workflow already. */
export function requireNoWorkflow(folder: string): void {
  requireFree(folder, ["WORKFLOW.yaml", "WORKFLOW.yml", "WORKFLOW.json"]);
}

/**
 * Writes a starter into a folder, which is made where it is missing. Throws `AppError`: `not_found` for an unknown
 * name; `conflict` where one of its files exists already; `unavailable` where it cannot be written. Then nothing is
 * left of it.
 */
export function writeStarter(folder: string, name: string | null): Starter {
  const starter = name === null ? greeting : starters.find((each) => each.name === name);
  if (!starter) throw noStarter(name ?? "");
  requireNoWorkflow(folder);
  requireFree(folder, Object.keys(starter.files));
  const undo: (() => void)[] = [];
  try {
    for (const [file, text] of Object.entries(starter.files)) writeNew(join(folder, file), text, undo);
  } catch (error) {
    for (const step of undo.toReversed()) step();
    throw error;
  }
  return starter;
}

function requireFree(folder: string, files: readonly string[]): void {
  for (const file of files) {
    if (isThere(join(folder, file)))
      throw new AppError("conflict", `there is a ${join(folder, file)} already. name another folder`);
  }
}

/** Writes a file that is not there yet, in folders that are made for it, and notes how to take each of them back. */
function writeNew(path: string, text: string, undo: (() => void)[]): void {
  withReason(path, () => {
    const first = mkdirSync(dirname(path), { recursive: true });
    if (first !== undefined) undo.push(() => removeEmpty(dirname(path), first));
    undo.push(() => rmSync(path, { force: true }));
    writeFileSync(path, text, { flag: "wx", mode: text.startsWith("#!") ? 0o755 : 0o644 });
  });
}

/** Removes a folder and those above it up to `first`. */
function removeEmpty(folder: string, first: string): void {
  try {
    rmdirSync(folder);
    if (folder !== first) removeEmpty(dirname(folder), first);
  } catch {
    // Somebody has put something into it meanwhile, or the disk takes no change; either way it stays.
  }
}

/** A link that leads nowhere is in the way as well. */
function isThere(path: string): boolean {
  return withReason(path, () => lstatSync(path, { throwIfNoEntry: false }) !== undefined);
}

function withReason<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    throw new AppError("unavailable", `${path} cannot be written: ${error.message}. name another folder`);
  }
}

function noStarter(name: string): AppError {
  const names = starters.map((each) => each.name);
  const meant = nearest(name, names);
  const wayOut = meant === null ? `there is: ${names.join(", ")}` : `did you mean "${meant}"?`;
  return new AppError("not_found", `there is no starter "${name}". ${wayOut}`);
}

function agentFile(name: string, description: string): string {
  return `---
name: ${name}
description: ${description}
dispatcher: command
command: ["./${name}.sh"]
---
${description}. Any program can be an agent: this one is a shell script.
`;
}

/** The task comes as JSON, and a text of one line can be read from it without another program. */
function script(input: string, work: string): string {
  return `#!/bin/sh
# The task is JSON on stdin; outputs are name=value lines in a file.
${input}=$(tr -d '\\n' | sed -n 's/.*"inputs":{[^}]*"${input}":"\\([^"]*\\)".*/\\1/p')
${work}
`;
}

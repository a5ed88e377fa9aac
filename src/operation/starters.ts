import { lstatSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AppError } from "../errors.ts";
import { nearest } from "../expression/nearest.ts";

/** A first workflow with everything it needs to run at once. */
export interface Starter {
  name: string;
  description: string;
  /** Path below the folder → text; scripts may be run. */
  files: Record<string, string>;
}

const greeting: Starter = {
  name: "greeting",
  description: "Two stages done by a shell script: one makes a text, the next counts its words",
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

/** The workflows that `init` can begin with; the first one needs no agent installed. */
export const starters: readonly Starter[] = [greeting];

/**
 * Writes a starter into a folder, which is made where it is missing. Throws `AppError`: `not_found` for an unknown
 * name; `conflict` where one of its files exists already, and then nothing is written; `unavailable` where it cannot be
 * written.
 */
export function writeStarter(folder: string, name: string | null): Starter {
  const starter = name === null ? greeting : starters.find((each) => each.name === name);
  if (!starter) throw noStarter(name ?? "");
  for (const file of [...Object.keys(starter.files), "WORKFLOW.yml", "WORKFLOW.json"]) {
    if (isThere(join(folder, file)))
      throw new AppError("conflict", `there is a ${join(folder, file)} already. name another folder`);
  }
  for (const [file, text] of Object.entries(starter.files)) {
    const path = join(folder, file);
    withReason(path, () => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text, { flag: "wx", mode: text.startsWith("#!") ? 0o755 : 0o644 });
    });
  }
  return starter;
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

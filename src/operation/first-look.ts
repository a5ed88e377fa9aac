import type { Starter } from "./starter.ts";

/** The text is the same for every program; its agents differ in how they are kept from changing anything. */
const workflow = `# Plan it:    skillmeat workflow plan .      (shows what would be started, and costs nothing)
# Run it:     skillmeat workflow run .
# Ask more:   skillmeat workflow run . --param "question=Where are the tests?"
workflow:
  id: first-look
  name: First look

config:
  parameters:
    question:
      type: string
      default: What is in this folder, and what is it for?
      description: What you want to know about this folder

stages:
  - id: look
    name: Look around
    roles:
      primary:
        artifact: agent:explorer
        instructions: Answer the question about the working directory.
    inputs:
      question: { type: string, source: "\${{ parameters.question }}" }
    outputs:
      answer: { type: string }
      files_read: { type: array<string> }

  - id: suggest
    name: Suggest a next step
    depends_on: [look]
    roles:
      primary:
        artifact: agent:adviser
        instructions: Suggest the one step that would help most now.
    inputs:
      answer: { type: string, source: "\${{ stages.look.outputs.answer }}" }
    outputs:
      step: { type: string }
      reason: { type: string }
`;

interface Agents {
  name: string;
  /** How people call the program. */
  title: string;
  program: string;
  /** Front matter of the agent that reads the folder, and of the one that needs nothing but the answer. */
  explorer: string;
  adviser: string;
}

/** A first workflow that a model does: it only reads, so that nothing in the folder changes. */
function firstLookOf({ name, title, program, explorer, adviser }: Agents): Starter {
  const does = "reads this folder and answers a question, then suggests a next step; nothing is changed";
  return {
    name,
    description: `${title} ${does}`,
    program,
    files: {
      "WORKFLOW.yaml": workflow,
      ".claude/agents/explorer.md": `---
name: explorer
description: Reads a folder and answers a question about it
${explorer}
---

Read as few files as you need. Answer in at most ten sentences, and say only what you have seen.
`,
      ".claude/agents/adviser.md": `---
name: adviser
description: Suggests a next step from what is known
${adviser}
---

Suggest one step that a person can take in an hour. Say in two sentences why it comes first.
`,
    },
  };
}

const claude = "dispatcher: claude-code\nmodel: sonnet";
const codex = "dispatcher: codex\npermissionMode: plan";

export const firstLooks: readonly Starter[] = [
  firstLookOf({
    name: "first-look",
    title: "Claude",
    program: "claude",
    explorer: `${claude}\ntools: Read, Grep, Glob\nmaxTurns: 30`,
    adviser: `${claude}\ntools: Read\nmaxTurns: 10`,
  }),
  firstLookOf({
    name: "first-look-codex",
    title: "Codex",
    program: "codex",
    explorer: codex,
    adviser: codex,
  }),
];

import type { Starter } from "./starter.ts";

/** A first workflow that a model does: it only reads, so that nothing in the folder changes. */
export const firstLook: Starter = {
  name: "first-look",
  description:
    "Claude reads this folder and answers a question, then suggests a next step; nothing is changed",
  program: "claude",
  files: {
    "WORKFLOW.yaml": `# Plan it:    skillmeat workflow plan .      (shows what would be started, and costs nothing)
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
`,
    ".claude/agents/explorer.md": `---
name: explorer
description: Reads a folder and answers a question about it
dispatcher: claude-code
tools: Read, Grep, Glob
model: sonnet
maxTurns: 30
---

Read as few files as you need. Answer in at most ten sentences, and say only what you have seen.
`,
    ".claude/agents/adviser.md": `---
name: adviser
description: Suggests a next step from what is known
dispatcher: claude-code
tools: Read
model: sonnet
maxTurns: 10
---

Suggest one step that a person can take in an hour. Say in two sentences why it comes first.
`,
  },
};

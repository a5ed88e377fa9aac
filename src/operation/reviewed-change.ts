import type { Starter } from "./starter.ts";

/** A change, its review and a person who decides: by the agent that asks no model, and by a real one as it is. */
export const reviewedChange: Starter = {
  name: "reviewed-change",
  description:
    "One agent changes a file, another reviews it, and you decide; by a demo agent without a model",
  program: null,
  files: {
    "WORKFLOW.yaml": `# Plan it:          skillmeat workflow plan .
# Run it:           skillmeat workflow run .
# With Claude Code: skillmeat workflow run . --dispatcher claude-code --param "task=Explain this folder in NOTES.md"
# With Codex:       skillmeat workflow run . --dispatcher codex --param "task=Explain this folder in NOTES.md"
workflow:
  id: reviewed-change
  name: Reviewed change

config:
  parameters:
    task:
      type: string
      default: Add a line to NOTES.md
      description: What the author has to do

stages:
  - id: change
    name: Change
    roles:
      primary:
        artifact: agent:author
        instructions: Do the task in the working directory. Change nothing that the task does not need.
    inputs:
      task: { type: string, source: "\${{ parameters.task }}" }
    outputs:
      summary: { type: string, description: What was changed and why }

  - id: review
    name: Review
    depends_on: [change]
    roles:
      primary:
        artifact: agent:reviewer
        instructions: Review what the author says and the files that were changed.
    inputs:
      task: { type: string, source: "\${{ parameters.task }}" }
      summary: { type: string, source: "\${{ stages.change.outputs.summary }}" }
    outputs:
      verdict: { type: string, description: good or bad }
      remarks: { type: string }

  - id: accept
    name: Accept
    type: gate
    depends_on: [review]
    gate:
      approvers: [me]
      message: |
        \${{ stages.change.outputs.summary }}

        The reviewer says \${{ stages.review.outputs.verdict }}: \${{ stages.review.outputs.remarks }}
`,
    ".claude/agents/author.md": `---
name: author
description: Changes files as a task says
dispatcher: acp
command: [skillmeat, demo-agent, --writes, NOTES.md, --outputs, '{"summary": "NOTES.md has one more line."}']
tools: Read, Grep, Glob, Edit, Write
---

Do the task with as few changes as it needs. Say in at most three sentences what you have changed, and why.
`,
    ".claude/agents/reviewer.md": `---
name: reviewer
description: Reviews a change
dispatcher: acp
command: [skillmeat, demo-agent, --outputs, '{"verdict": "good", "remarks": "The line is there."}']
tools: Read, Grep, Glob
---

Read what was changed. Look for mistakes, and for what the task did not ask for. Say what you have found in at most
five sentences.
`,
  },
};

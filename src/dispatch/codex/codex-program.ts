import type { Executable } from "../executable.ts";

export const codexExecutable: Executable = {
  name: "codex",
  title: "Codex",
  dispatcher: "codex",
  leastVersion: "0.169.0",
  install: "npm install -g @openai/codex",
  update: "npm install -g @openai/codex@latest",
};

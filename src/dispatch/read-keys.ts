import { readForAcp } from "./acp/acp-settings.ts";
import { readForClaude } from "./claude-code/claude-arguments.ts";
import { readForCodex } from "./codex/codex-arguments.ts";
import { readForCommand } from "./command.ts";
import type { KeyReading, KeyRequest } from "./key-notes.ts";

/** What the dispatcher of a name makes of an agent's file and its stage. */
export function readKeys(dispatcher: string, request: KeyRequest): KeyReading {
  switch (dispatcher) {
    case "claude-code":
      return readForClaude(request);
    case "codex":
      return readForCodex(request);
    case "acp":
      return readForAcp(request);
    case "command":
      return readForCommand(request);
    default:
      return { model: request.model, refusal: null, notes: [] };
  }
}

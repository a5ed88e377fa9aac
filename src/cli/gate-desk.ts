import type { Engine } from "../engine/engine.ts";
import type { StoredEvent } from "../execution/event.ts";
import type { Invocation } from "./command.ts";
import { runWords } from "./command-words.ts";
import { promptForKey, type KeyPrompt } from "./key-prompt.ts";
import type { LiveTable } from "./live-table.ts";
import { loginName } from "./login-name.ts";
import { plainLine } from "./plain-text.ts";
import { fields } from "./run-rows.ts";
import type { Watcher } from "./watcher.ts";

/** Prints how to decide each gate that waits. */
export function announceGates(invocation: Invocation, runId: string, say: (line: string) => void): Watcher {
  return {
    take: (events) => {
      for (const { type, stage_id } of events) {
        if (type !== "gate_waiting" || stage_id === null) continue;
        say(`approve it: ${runWords(invocation, "approve", runId, stage_id)}`);
      }
    },
    close: () => {},
  };
}

interface Waiting {
  stage_id: string;
  message: string;
}

/** Asks below the live table about one gate after the other: y, n or later. Others may decide first. */
export function askAtGates(
  invocation: Invocation,
  runId: string,
  { engine, table }: { engine: Engine; table: LiveTable },
): Watcher {
  const queue: Waiting[] = [];
  let open: { gate: Waiting; prompt: KeyPrompt } | null = null;
  const next = (trouble: string | null): void => {
    const [gate] = queue;
    if (open || !gate) return table.ask(trouble === null ? [] : [trouble]);
    const prompt = promptForKey(["y", "n", "l"]);
    open = { gate, prompt };
    table.ask([...(trouble === null ? [] : [trouble]), ...question(invocation, runId, gate)]);
    void prompt.answered.then((key) => answered(gate, key));
  };
  const answered = async (gate: Waiting, key: string | null): Promise<void> => {
    open = null;
    const at = queue.indexOf(gate);
    if (at >= 0) queue.splice(at, 1);
    if (key !== "y" && key !== "n") return next(null);
    table.ask([`${key === "y" ? "approving" : "rejecting"} "${gate.stage_id}" …`]);
    const type = key === "y" ? "approve" : "reject";
    const actor = loginName(invocation.env);
    const answer = await engine.signal(runId, { type, stage_id: gate.stage_id, actor, comment: null });
    next(answer.outcome === "refused" ? answer.message : null);
  };
  return {
    take: (events) => {
      for (const event of events) {
        if (event.type === "gate_waiting" && event.stage_id !== null)
          queue.push(waiting(event, event.stage_id));
        if (event.type === "gate_resolved" && open?.gate.stage_id === event.stage_id) open.prompt.close();
        if (event.type === "execution_completed") queue.length = 0;
      }
      if (!open && queue.length > 0) next(null);
    },
    close: () => {
      queue.length = 0;
      open?.prompt.close();
    },
  };
}

function waiting(event: StoredEvent, stageId: string): Waiting {
  return { stage_id: stageId, message: plainLine(String(fields(event.data)["message"] ?? "")) };
}

function question(invocation: Invocation, runId: string, { stage_id, message }: Waiting): string[] {
  const said = message === "" ? "." : `: ${message}${/[.?!…]$/.test(message) ? "" : "."}`;
  return [
    `later: ${runWords(invocation, "approve", runId, stage_id)}`,
    `gate "${stage_id}" waits for approval${said} approve? [y]es, [n]o, [l]ater`,
  ];
}

import type { Engine } from "../../engine/engine.ts";
import { AppError } from "../../errors.ts";
import type { StoredEvent } from "../../execution/event.ts";
import type { Invocation } from "../command.ts";
import { decisionWords } from "./decision-words.ts";
import { openKeys, type Keys } from "./keys.ts";
import type { LiveTable } from "./live-table.ts";
import { loginName } from "../login-name.ts";
import { plainLine, plainText } from "./plain-text.ts";
import type { Watcher } from "./watcher.ts";

interface OpenGate {
  stageId: string;
  message: string;
  approvers: string[];
  /** Of what an agent asks for; null for a gate. */
  requestId: string | null;
}

/** Prints how to decide each gate that waits. */
export function announceGates(invocation: Invocation, runId: string, say: (line: string) => void): Watcher {
  return {
    take: (events) => {
      // What is approved for good is asked and decided at once.
      const isDecided = ({ requestId }: OpenGate): boolean =>
        events.some(
          ({ type, data }) =>
            type === "gate_resolved" && "request_id" in data && data.request_id === requestId,
        );
      for (const gate of events.flatMap(waitingIn).filter((each) => !isDecided(each)))
        say(`approve it: ${decisionWords(invocation, "approve", { runId, ...gate })}`);
    },
    close: () => {},
  };
}

interface Desk {
  invocation: Invocation;
  runId: string;
  engine: Engine;
  table: LiveTable;
  keys: Keys;
  /** Gates that still have to be asked about; the first one is being asked about. */
  queue: OpenGate[];
  /** The gate whose question is open, or whose decision is on its way. */
  open: OpenGate | null;
}

/**
 * Asks below the live table about one gate after the other: yes, no or later. A key counts only for a question that is
 * on the screen. Others may decide first.
 */
export function askAtGates(
  invocation: Invocation,
  runId: string,
  { engine, table }: { engine: Engine; table: LiveTable },
): Watcher {
  const keys = openKeys();
  const desk: Desk = { invocation, runId, engine, table, keys, queue: [], open: null };
  return {
    take: (events) => {
      for (const event of events) {
        desk.queue.push(...waitingIn(event));
        if (event.type === "gate_resolved")
          drop(desk, event.stage_id, "request_id" in event.data ? event.data.request_id : null);
        if (event.type === "execution_completed") drop(desk, null);
      }
      void askNext(desk, null);
    },
    close: () => {
      drop(desk, null);
      keys.close();
    },
  };
}

function waitingIn(event: StoredEvent): OpenGate[] {
  if (event.type !== "gate_waiting") return [];
  const { data, stage_id: stageId } = event;
  const isRequest = "request_id" in data;
  const asked = isRequest ? `${data.tool}: ${data.title}` : (data.message ?? "");
  const requestId = isRequest ? data.request_id : null;
  return [{ stageId, message: plainText(asked).trim(), approvers: data.approvers, requestId }];
}

/** A gate that has been decided elsewhere is not asked about any more; null: none is. */
function drop(desk: Desk, stageId: string | null, requestId: string | null = null): void {
  const isMeant = (gate: OpenGate): boolean =>
    stageId === null || (gate.stageId === stageId && gate.requestId === requestId);
  desk.queue = desk.queue.filter((gate) => !isMeant(gate));
  if (desk.open === null || !isMeant(desk.open)) return;
  desk.open = null;
  desk.keys.listen(null);
  desk.table.ask(null);
}

async function askNext(desk: Desk, trouble: string | null): Promise<void> {
  const [gate] = desk.queue;
  if (desk.open || !gate) return;
  desk.open = gate;
  await askAbout(desk, gate, trouble);
}

/** Keys typed before the question is on the screen were meant for something else. */
async function askAbout(desk: Desk, gate: OpenGate, trouble: string | null): Promise<void> {
  desk.keys.listen(null);
  await desk.keys.settled();
  if (desk.open !== gate) return;
  const { stageId, message, requestId } = gate;
  const waits =
    requestId === null ? `gate "${stageId}" waits for approval` : `stage "${stageId}" asks for permission`;
  const says = `${waits}${message === "" ? "" : `: ${message}`}`;
  desk.table.ask({
    text: trouble === null ? [says] : [trouble, says],
    command: `later: ${commandOf(desk, gate)}`,
    keys: ["approve? [y]es, [n]o, [l]ater", "[y]es [n]o [l]ater", "y/n/l"],
  });
  desk.keys.listen((key) => choose(desk, gate, key.toLowerCase()));
}

function choose(desk: Desk, gate: OpenGate, key: string): void {
  if (key === "l") {
    desk.table.say(`later: ${commandOf(desk, gate)}`);
    drop(desk, gate.stageId, gate.requestId);
    void askNext(desk, null);
  }
  if (key !== "y" && key !== "n") return;
  desk.keys.listen(null);
  const { given, env } = desk.invocation;
  const decision = key === "y" ? "approve" : "reject";
  const actor = given.text("as") ?? loginName(env);
  const isAsked = given.text("as") === null && gate.approvers.length > 0 && !gate.approvers.includes(actor);
  if (isAsked) askWho(desk, gate, { decision, typed: "" });
  else void decide(desk, gate, { decision, actor });
}

type Decision = "approve" | "reject";

/** Asks for the name under which the gate is decided; a sole approver is offered. */
function askWho(
  desk: Desk,
  gate: OpenGate,
  { decision, typed }: { decision: Decision; typed: string },
): void {
  const { approvers, stageId } = gate;
  const [sole = "", ...others] = approvers;
  const offer = others.length === 0 ? ` [${plainLine(sole)}]` : "";
  const lead = others.length === 0 ? "Enter takes it, or type a name" : "type a name, then Enter";
  desk.table.ask({
    text: [
      `${decision} gate "${stageId}": who decides?${offer}`,
      ...(others.length === 0 ? [] : [`its approvers: ${plainLine(approvers.join(", "))}`]),
    ],
    command: null,
    keys: [`${lead}; Esc goes back> ${typed}`, `Enter, Esc> ${typed}`, `> ${typed.slice(-8)}`],
  });
  const askWhoAgain = (next: string): void => askWho(desk, gate, { decision, typed: next });
  desk.keys.listen((key) => {
    if (key === "\u001b") void askAbout(desk, gate, null);
    else if (key === "\u007f" || key === "\b") askWhoAgain(typed.slice(0, -1));
    else if (key === "\r" || key === "\n") {
      const actor = typed.trim() || (others.length === 0 ? sole : "");
      if (actor !== "") void decide(desk, gate, { decision, actor });
    } else if (key >= " " && typed.length < 200) askWhoAgain(typed + key);
  });
}

async function decide(
  desk: Desk,
  gate: OpenGate,
  { decision, actor }: { decision: Decision; actor: string },
): Promise<void> {
  const { engine, keys, runId, table } = desk;
  keys.listen(null);
  const doing = decision === "approve" ? "approving" : "rejecting";
  table.ask({ text: [`${doing} "${gate.stageId}" …`], command: null, keys: null });
  const trouble = await refusalOf(
    engine.signal(runId, {
      type: decision,
      stage_id: gate.stageId,
      actor,
      comment: null,
      request_id: gate.requestId,
    }),
  );
  if (trouble !== null && desk.open === gate) return askAbout(desk, gate, trouble);
  drop(desk, gate.stageId, gate.requestId);
  return askNext(desk, trouble);
}

/** Why a decision was refused; null: it was accepted. */
async function refusalOf(answer: ReturnType<Engine["signal"]>): Promise<string | null> {
  try {
    const { outcome, message } = await answer;
    return outcome === "refused" ? message : null;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

function commandOf({ invocation, runId }: Desk, gate: OpenGate): string {
  return decisionWords(invocation, "approve", { runId, ...gate });
}

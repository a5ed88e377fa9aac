import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LogSink, PermissionDesk } from "../dispatcher.ts";
import type { AgentTalk } from "./agent-talk.ts";
import { attemptFiles } from "./attempt-folder.ts";
import { endInput, openInputFile, type InputFile } from "./input-file.ts";

/** Carries an agent's questions to the engine, and the engine's answers to the agent. */
export interface Conversation {
  /** Call it whenever something of the agent was read. True: the agent waits for people, or was just answered. */
  goOn(): boolean;
  /** Aborted when the agent has not ended in time after its input was ended. */
  readonly overdue: AbortSignal;
  close(): void;
}

/** How long an agent may take to end after its input has ended. */
const patienceMs = 5_000;

/** True for an attempt whose agent was started as a two-way one, by whichever engine. */
export function isTwoWay(attemptDir: string): boolean {
  return existsSync(join(attemptDir, attemptFiles.twoWayInput));
}

/** Puts the first message where the agent's stdin is fed from. Throws the system's errors. */
export function beginConversation(attemptDir: string, first: string): void {
  const input = openInputFile(attemptDir);
  try {
    input.catchUp([first]);
  } finally {
    input.close();
  }
}

/**
 * What has been said follows from the attempt's files and from the answers that are stored: the first message is in
 * `input.json`, and each answer repeats what it answers from the agent's own output. So each engine says the same.
 */
export function openConversation(
  { attempt_dir, attempt_id }: { attempt_dir: string; attempt_id: string },
  { talk, desk, log }: { talk: AgentTalk; desk: PermissionDesk; log: LogSink },
): Conversation {
  const overdue = new AbortController();
  const outbox = openOutbox(attempt_dir, log);
  let answered = 0;
  let patience: ReturnType<typeof setTimeout> | null = null;

  function takeAnswers(): void {
    const answers = desk.answers();
    for (let next = answers[answered]; next; next = answers[++answered]) {
      if (next.allows === null) continue;
      const message = talk.messageOf(next);
      if (message === null) return;
      outbox.add(message);
    }
  }

  function endWhenOver(): void {
    if (!talk.isOver || patience !== null) return;
    endInput(attempt_dir, attempt_id);
    patience = setTimeout(() => overdue.abort(), patienceMs);
  }

  const goOn = (): boolean => {
    for (const event of talk.take()) {
      if (event.kind === "ask") desk.ask(event.call);
      else desk.withdraw(event.id);
    }
    takeAnswers();
    const hasSaid = outbox.say();
    endWhenOver();
    return hasSaid || desk.isWaiting();
  };
  const unfollow = desk.follow(() => void goOn());
  return {
    goOn,
    overdue: overdue.signal,
    close() {
      unfollow();
      outbox.close();
      if (patience !== null) clearTimeout(patience);
    },
  };
}

/** All messages to the agent, and how many of them are in the file that its stdin is fed from. */
function openOutbox(attemptDir: string, log: LogSink) {
  const messages = [readFileSync(join(attemptDir, attemptFiles.input), "utf8")];
  let input: InputFile | null = null;
  let said = 0;
  let isTroubled = false;
  const write = (): void => {
    input ??= openInputFile(attemptDir);
    input.catchUp(messages);
    said = messages.length;
  };
  const close = (): void => {
    input?.close();
    input = null;
  };
  return {
    add: (message: string): void => void messages.push(message),
    /** True when there was something to say. */
    say(): boolean {
      if (said === messages.length) return false;
      try {
        write();
      } catch (error) {
        if (!(error instanceof Error) || !("syscall" in error)) throw error;
        // A full disk is not the agent's fault: the rest is written when there is room, from where the file ends then.
        close();
        if (!isTroubled) log.write("system", `warning: the agent cannot be answered yet: ${error.message}`);
        isTroubled = true;
      }
      return true;
    },
    close,
  };
}

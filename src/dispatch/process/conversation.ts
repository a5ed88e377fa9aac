import { existsSync } from "node:fs";
import { join } from "node:path";
import type { LogSink, PermissionAnswer, PermissionDesk } from "../dispatcher.ts";
import type { AgentTalk } from "./agent-talk.ts";
import { attemptFiles } from "./attempt-folder.ts";
import { endInput, openInputFile, type InputFile } from "./input-file.ts";

/** Carries an agent's questions to the engine, and the engine's answers to the agent. */
export interface Conversation {
  /**
   * Call it whenever something of the agent was read; `isComplete`: there was nothing more to read. True: the agent
   * waits for people, or was just told something.
   */
  goOn(isComplete: boolean): boolean;
  /** Asks the agent to end what it does, and waits a little until it has, or has `ended` itself. */
  interrupt(ended: Promise<unknown>): Promise<void>;
  /** True once the agent has done what it was asked to. */
  readonly isOver: boolean;
  /** Aborted when the agent has not ended in time after its input was ended. */
  readonly overdue: AbortSignal;
  close(): void;
}

/** How long an agent may take to end after its input has ended. */
const patienceMs = 5_000;
/** How long it may take to end its turn before it is stopped. */
const interruptMs = 2_000;

/** True for an attempt whose agent was started as a two-way one, by whichever engine. */
export function isTwoWay(attemptDir: string): boolean {
  return existsSync(join(attemptDir, attemptFiles.twoWayInput));
}

/** Puts the first message where the agent's stdin is fed from. Throws the system's errors. */
export function beginConversation(attemptDir: string, first: string): void {
  const input = openInputFile(attemptDir);
  try {
    input.say([first], false);
  } finally {
    input.close();
  }
}

/**
 * Everything that an agent is told follows from the attempt's files and from the answers that are stored, and what it
 * has been told is in its input. So each engine says the rest, and nothing twice. `desk`: absent where nobody is asked.
 */
export function openConversation(
  { attempt_dir, attempt_id }: { attempt_dir: string; attempt_id: string },
  { talk, desk, log }: { talk: AgentTalk; desk?: PermissionDesk | undefined; log: LogSink },
): Conversation {
  const overdue = new AbortController();
  const outbox = openOutbox(attempt_dir, talk, log);
  const over = Promise.withResolvers<void>();
  let patience: ReturnType<typeof setTimeout> | null = null;

  function endWhenOver(): void {
    if (!talk.isOver || patience !== null) return;
    endInput(attempt_dir, attempt_id);
    patience = setTimeout(() => overdue.abort(), patienceMs);
    over.resolve();
  }

  const goOn = (isComplete: boolean): boolean => {
    for (const event of talk.take()) {
      if (event.kind === "ask") desk?.ask(event.call);
      else desk?.withdraw(event.id);
    }
    const hasSaid = outbox.say(desk?.answers() ?? [], isComplete);
    endWhenOver();
    return hasSaid || (desk?.isWaiting() ?? false);
  };
  const unfollow = desk?.follow(() => void goOn(false));
  return {
    goOn,
    async interrupt(ended) {
      if (talk.interrupt === undefined || talk.isOver) return;
      talk.interrupt();
      goOn(false);
      let limit: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise((resolve) => (limit = setTimeout(resolve, interruptMs)));
      await Promise.race([ended, over.promise, late]);
      clearTimeout(limit);
    },
    get isOver() {
      return talk.isOver;
    },
    overdue: overdue.signal,
    close() {
      unfollow?.();
      outbox.close();
      if (patience !== null) clearTimeout(patience);
    },
  };
}

/**
 * The requests that an attempt's agent was answered, in its input; null where the input is gone. `answeredIn`: which
 * one a message answers.
 */
export function answeredRequests(
  attemptDir: string,
  answeredIn: (message: string) => string | null,
): string[] | null {
  if (!isTwoWay(attemptDir)) return null;
  const input = openInputFile(attemptDir);
  input.close();
  return input.said.flatMap((message) => answeredIn(message) ?? []);
}

/** Says what is owed, as far as the disk takes it. */
function openOutbox(attemptDir: string, talk: AgentTalk, log: LogSink) {
  let input: InputFile | null = null;
  let heard = 0;
  let isTroubled = false;

  const open = (): InputFile => {
    if (input !== null) return input;
    input = openInputFile(attemptDir);
    for (const message of input.said.slice(heard)) hear(message);
    return input;
  };
  const hear = (message: string): void => {
    heard++;
    talk.hearOwn(message);
  };
  const close = (): void => {
    input?.close();
    input = null;
  };
  /** A full disk is not the agent's fault: the rest is written when there is room, from where the file ends then. */
  const tryTo = (write: () => number): number => {
    try {
      return write();
    } catch (error) {
      if (!(error instanceof Error) || !("syscall" in error)) throw error;
      close();
      if (!isTroubled) log.write("system", `warning: the agent cannot be answered yet: ${error.message}`);
      isTroubled = true;
      return 0;
    }
  };
  // What was said before counts when the agent's output is read.
  tryTo(() => open().said.length);
  return {
    /** True when something was said. */
    say(answers: readonly PermissionAnswer[], isComplete: boolean): boolean {
      const count = tryTo(() => {
        const said = open().say(talk.owed(answers), isComplete);
        for (const message of said) hear(message);
        return said.length;
      });
      return count > 0;
    },
    close,
  };
}

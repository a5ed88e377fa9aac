import type { Masks } from "../../execution/masks.ts";
import type { MeteredUsage, StageError } from "../dispatcher.ts";
import type { OutputReader } from "../process/agent-program.ts";
import { serverFailure, serverWarning } from "../mcp/server-failure.ts";
import { fieldsOf, numberField, textField, type Fields } from "../stream/fields.ts";
import { openMessageReader, type MessageReader } from "../stream/message-reader.ts";
import { usageEvent } from "../stream/token-counts.ts";
import { openClaudeTalk } from "./claude-talk.ts";
import { openPieceReader } from "./text-pieces.ts";
import { failedServers, translateMessage } from "./transcript-events.ts";
import { createUsageMeter, type ChargedBefore } from "./usage.ts";

/** Reads claude's stream-json and keeps what its result depends on. */
export interface ClaudeReader extends MessageReader {
  /** The last `result` of the stream; null while there is none. */
  readonly lastResult: Fields | null;
  /** The last structured output that is not null, whichever result it came with. */
  readonly output: Fields | null;
  usage(): MeteredUsage;
  /** Aborted when the API has refused the login: claude would go on asking for minutes. */
  readonly givesUp: NonNullable<OutputReader["givesUp"]>;
}

const mostServers = 100;

interface ReaderOptions {
  /** The MCP servers without which the attempt fails. */
  needed?: readonly string[];
  charged?: ChargedBefore;
}

export function openClaudeReader(masks: Masks, { needed = [], charged }: ReaderOptions = {}): ClaudeReader {
  const usage = createUsageMeter(charged);
  const talk = openClaudeTalk(masks);
  const watch = createWatch(needed);
  const pieces = openPieceReader();
  const servers = new Set<string>();
  let lastResult: Fields | null = null;
  let output: Fields | null = null;
  let isInTurn = true;

  const reader = openMessageReader("claude", masks, (message) => {
    usage.hear(message);
    talk.hear(message);
    watch.hear(message);
    const { events, unknown } = translateMessage(message);
    for (const name of failedServers(message)) if (servers.size < mostServers) servers.add(masks.hide(name));
    const isNeeded = isNeededLater(message);
    const type = textField(message, "type");
    // A task in the background may bring about another turn.
    if (type === "assistant" || type === "result") isInTurn = type === "assistant";
    const piece = pieces.hear(message);
    if (type !== "result") return { events, unknown, endsTurn: false, isNeeded, piece };
    lastResult = message;
    output = fieldsOf(message["structured_output"]) ?? output;
    const { added } = usage;
    return {
      events: added === null ? events : [...events, usageEvent(added)],
      unknown,
      endsTurn: true,
      isNeeded,
    };
  });

  return {
    longestLineBytes: reader.longestLineBytes,
    hear: reader.hear,
    get warnings() {
      const failed = [...servers].map(serverWarning);
      return [...failed, ...reader.warnings];
    },
    get complaint() {
      return reader.complaint;
    },
    get unknownOption() {
      return reader.unknownOption;
    },
    talk,
    givesUp: watch.givesUp,
    get isInTurn() {
      return isInTurn;
    },
    get lastResult() {
      return lastResult;
    },
    get output() {
      return output;
    },
    usage: () => usage.total(),
  };
}

/**
 * Notices that the API refuses the login, where claude would go on asking for minutes, and that a needed server is
 * missing, where the model would do without it.
 */
function createWatch(needed: readonly string[]) {
  const abort = new AbortController();
  let error = authFailure(401);
  const giveUp = (why: StageError): void => {
    if (!abort.signal.aborted) error = why;
    abort.abort();
  };
  return {
    hear(message: Fields): void {
      if (textField(message, "type") !== "system") return;
      const missing = failedServers(message).find((name) => needed.includes(name));
      if (missing !== undefined) giveUp(serverFailure(missing));
      if (textField(message, "subtype") !== "api_retry") return;
      const status = numberField(message, "error_status");
      if (status === 401 || status === 403) giveUp(authFailure(status));
    },
    givesUp: {
      signal: abort.signal,
      get error() {
        return error;
      },
    },
  };
}

/** The way out is the same wherever the refusal is met. */
export function authFailure(status: number): StageError {
  return {
    class: "auth_failure",
    message:
      `the model's API refused the login of claude (HTTP ${status}). run "claude" once in a terminal and log in, or ` +
      "start the run (or serve) with a valid ANTHROPIC_API_KEY in its environment",
    retryable: false,
  };
}

const neededTypes = new Set(["result", "assistant", "control_request", "control_cancel_request"]);

/** Without these a later engine would not know how the agent ended, or what it has used. */
function isNeededLater(message: Fields): boolean {
  const type = textField(message, "type");
  if (type !== null && neededTypes.has(type)) return true;
  if (type === "system") return ["init", "api_retry"].includes(textField(message, "subtype") ?? "");
  const event = type === "stream_event" ? fieldsOf(message["event"]) : null;
  return ["message_start", "message_delta"].includes(textField(event, "type") ?? "");
}

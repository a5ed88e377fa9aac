import type { Masks } from "../../execution/masks.ts";
import { transcriptLine, type TranscriptEvent } from "../../execution/transcript.ts";
import type { Usage } from "../../execution/record.ts";
import type { StageError } from "../dispatcher.ts";
import { openLogReader } from "../log-reader.ts";
import { transcriptText } from "../transcript-text.ts";
import type { HeardLine, OutputReader } from "../process/agent-program.ts";
import { fieldsOf, numberField, textField, type Fields } from "./fields.ts";
import { failedServers, translateMessage } from "./transcript-events.ts";
import { createUsageMeter } from "./usage.ts";

/** Reads claude's stream-json and keeps what its result depends on. */
export interface ClaudeReader extends OutputReader {
  /** The last `result` of the stream; null while there is none. */
  readonly lastResult: Fields | null;
  /** The last structured output that is not null, whichever result it came with. */
  readonly output: Fields | null;
  usage(): Usage | null;
  /** Aborted when the API has refused the login: claude would go on asking for minutes. */
  readonly givesUp: NonNullable<OutputReader["givesUp"]>;
}

const longestProtocolLine = 16 * 1024 * 1024;
const longestLogLine = 64 * 1024;
/** A later engine needs these lines again. Bounded, so that an agent cannot keep its whole file on the disk. */
const mostLinesKept = 20_000;
const mostUnknownKinds = 20;
const mostServers = 100;

export function openClaudeReader(masks: Masks): ClaudeReader {
  const stderr = openLogReader(masks);
  const usage = createUsageMeter();
  const unknown = createKindCount();
  const login = createLoginWatch();
  const servers = new Set<string>();
  let lastResult: Fields | null = null;
  let output: Fields | null = null;
  let linesKept = 0;

  function hearProtocol(bytes: Buffer, length: number): HeardLine {
    // A part of the file that an earlier engine has given back to the disk is read as zeros.
    if (bytes[0] === 0 || isBlank(bytes)) return { texts: [], isToKeep: false };
    const message = bytes.length < length ? null : parseMessage(bytes);
    if (message === null) return { texts: [describeForeign(bytes, length, masks)], isToKeep: false };
    usage.hear(message);
    login.hear(message);
    const translated = translateMessage(message);
    for (const kind of translated.unknown) unknown.add(kind);
    for (const name of failedServers(message)) if (servers.size < mostServers) servers.add(masks.hide(name));
    if (textField(message, "type") === "result") {
      lastResult = message;
      output = fieldsOf(message["structured_output"]) ?? output;
      translated.events.push(...unknown.take(), ...describeAdded(usage.added));
    }
    const texts = translated.events.map((event) => transcriptText(event, masks));
    return { stream: "agent", texts, isToKeep: isNeeded(message) && ++linesKept <= mostLinesKept };
  }

  return {
    longestLineBytes: { stdout: longestProtocolLine, stderr: longestLogLine },
    hear: (stream, bytes, length) =>
      stream === "stdout" ? hearProtocol(bytes, length) : stderr.hear(stream, bytes, length),
    get warnings() {
      const failed = [...servers].map((name) => `the MCP server "${name}" did not start`);
      return [...failed, ...stderr.warnings];
    },
    get complaint() {
      return stderr.complaint;
    },
    givesUp: login.givesUp,
    get lastResult() {
      return lastResult;
    },
    get output() {
      return output;
    },
    usage: () => usage.total(),
  };
}

/** Notices that the API refuses the login: claude would go on asking for minutes. */
function createLoginWatch() {
  const abort = new AbortController();
  let error = authFailure(401);
  return {
    hear(message: Fields): void {
      if (textField(message, "type") !== "system" || textField(message, "subtype") !== "api_retry") return;
      const status = numberField(message, "error_status");
      if (status !== 401 && status !== 403) return;
      error = authFailure(status);
      abort.abort();
    },
    givesUp: {
      signal: abort.signal,
      get error() {
        return error;
      },
    },
  };
}

/** Counts messages by kind, a bounded number of kinds. */
function createKindCount() {
  const counts = new Map<string, number>();
  return {
    add(kind: string): void {
      const name = kind.slice(0, 40);
      if (counts.has(name) || counts.size < mostUnknownKinds) counts.set(name, (counts.get(name) ?? 0) + 1);
    },
    /** One notice of everything since the last one; nothing where there was nothing. */
    take(): TranscriptEvent[] {
      if (counts.size === 0) return [];
      const kinds = [...counts].map(([kind, count]) => `${kind} (${count})`).join(", ");
      counts.clear();
      const text = `claude wrote messages of kinds that this version does not know: ${kinds}`;
      return [{ kind: "notice", level: "info", code: "unknown_kinds", text }];
    },
  };
}

function describeAdded(added: Usage | null): TranscriptEvent[] {
  if (added === null) return [];
  const { basis: _basis, ...counted } = added;
  return [{ kind: "usage", ...counted }];
}

/** The way out is the same wherever the refusal is met. */
export function authFailure(status: number): StageError {
  return {
    class: "auth_failure",
    message:
      `the model's API refused the login of claude (HTTP ${status}). run "claude" once in a terminal and log in, or ` +
      'give it a valid ANTHROPIC_API_KEY: name it in "pass_env" of [agents] in config.toml, or in "config.env"',
    retryable: false,
  };
}

function parseMessage(bytes: Buffer): Fields | null {
  try {
    return fieldsOf(JSON.parse(bytes.toString("utf8")));
  } catch {
    return null;
  }
}

function isBlank(bytes: Buffer): boolean {
  return bytes.length < 16 && bytes.toString("latin1").trim() === "";
}

/** Without these a later engine would not know how the agent ended, or what it has used. */
function isNeeded(message: Fields): boolean {
  const type = textField(message, "type");
  if (type === "result" || type === "assistant") return true;
  if (type === "system") return ["init", "api_retry"].includes(textField(message, "subtype") ?? "");
  const event = type === "stream_event" ? fieldsOf(message["event"]) : null;
  return ["message_start", "message_delta"].includes(textField(event, "type") ?? "");
}

/** A line that is no message is shown as it is; one that only looks like a message is not: nobody can read it. */
function describeForeign(bytes: Buffer, length: number, masks: Masks): string {
  if (bytes[0] === 0x7b)
    return `warning: a line of ${length} bytes cannot be read as a message of claude and is left out`;
  return transcriptLine({ kind: "message", text: bytes.toString("utf8", 0, longestLogLine) }, masks.hide);
}

import type { Masks } from "../../execution/masks.ts";
import type { Usage } from "../../execution/record.ts";
import type { Tokens } from "../../execution/usage.ts";
import type { ServerRequest } from "../mcp/attempt-servers.ts";
import { fieldsField, textField, type Fields } from "../stream/fields.ts";
import { openMessageReader, type HeardMessage, type MessageReader } from "../stream/message-reader.ts";
import { usageEvent } from "../stream/token-counts.ts";
import { openAppEar } from "./app-ear.ts";
import type { AppPlan } from "./app-plan.ts";
import { createCodexTranslator, isReconnecting } from "./codex-events.ts";
import { createCodexUsage } from "./codex-usage.ts";
import { createServerWatch, type ServerWatch } from "./server-watch.ts";
import type { ThreadUsage } from "./thread-usage.ts";

/** Reads the messages of `codex exec --json` and keeps what its result depends on. */
export interface CodexReader extends MessageReader {
  /** How the last turn ended; null while none has. */
  readonly turn: TurnEnd | null;
  /** The last message of the model. */
  readonly lastText: string | null;
  /** The last error after which codex did not go on by itself. */
  readonly lastError: string | null;
  /** What it tells of its MCP servers. */
  readonly servers: Pick<ServerWatch, "failure" | "denials">;
  usage(): Usage | null;
}

export type TurnEnd = { isCompleted: true } | { isCompleted: false; message: string };

interface Kept {
  turn: TurnEnd | null;
  isInTurn: boolean;
  lastText: string | null;
  lastError: string | null;
}

interface ReaderOptions {
  /** What of the thread was charged for already. */
  charged?: Tokens | null;
  thread?: ThreadUsage;
  /** What the attempt has of MCP servers. */
  request?: ServerRequest;
  /** What a codex that is talked to is told. */
  plan?: AppPlan | null;
}

const noServers: ServerRequest = { agent: null, tools: [] };

export function openCodexReader(
  masks: Masks,
  { charged, thread, request = noServers, plan = null }: ReaderOptions = {},
): CodexReader {
  const translate = createCodexTranslator();
  const usage = createCodexUsage(charged ?? undefined);
  const servers = createServerWatch(request, masks.hide);
  const kept: Kept = { turn: null, isInTurn: true, lastText: null, lastError: null };

  function hearExec(message: Fields): HeardMessage {
    const type = textField(message, "type");
    const end = endOfTurn(message, type);
    kept.turn = end ?? kept.turn;
    if (type === "turn.started" || end !== null) kept.isInTurn = end === null;
    if (type === "thread.started") thread?.follow(textField(message, "thread_id") ?? "");
    kept.lastText = textOfMessage(message, type) ?? kept.lastText;
    kept.lastError = fatalError(message, type) ?? kept.lastError;
    const added = end === null ? null : usage.hear(message);
    const isDenied = type === "item.completed" && servers.hearItem(fieldsField(message, "item"));
    const { events, unknown } = translate(message);
    return {
      events: added === null ? events : [...events, usageEvent(added)],
      unknown,
      endsTurn: end !== null,
      isNeeded: isDenied || isNeededLater(message, type),
    };
  }

  const app = plan === null ? null : openAppEar(plan, masks, { servers, hearExec });
  const reader = openMessageReader("codex", masks, app?.hear ?? hearExec);
  return {
    longestLineBytes: reader.longestLineBytes,
    hear: alsoHeardBy(servers, reader.hear),
    get warnings() {
      return [...servers.warnings, ...reader.warnings];
    },
    servers,
    ...(app === null ? {} : { talk: app.talk }),
    get complaint() {
      return reader.complaint;
    },
    get unknownOption() {
      return reader.unknownOption;
    },
    get turn() {
      return kept.turn;
    },
    get lastText() {
      return kept.lastText;
    },
    get lastError() {
      return kept.lastError;
    },
    usage: () => usage.total(thread?.read() ?? null),
    get isInTurn() {
      return kept.isInTurn;
    },
    close: () => thread?.close(),
  };
}

function alsoHeardBy(servers: ServerWatch, hear: MessageReader["hear"]): MessageReader["hear"] {
  return (stream, bytes, length) => {
    const isAboutServer = stream === "stderr" && servers.hearLine(bytes.toString("utf8"));
    const heard = hear(stream, bytes, length);
    return isAboutServer ? { ...heard, isToKeep: true } : heard;
  };
}

function endOfTurn(message: Fields, type: string | null): TurnEnd | null {
  if (type === "turn.completed") return { isCompleted: true };
  if (type !== "turn.failed") return null;
  return { isCompleted: false, message: textField(fieldsField(message, "error"), "message") ?? "" };
}

function textOfMessage(message: Fields, type: string | null): string | null {
  const item = type === "item.completed" ? fieldsField(message, "item") : null;
  return textField(item, "type") === "agent_message" ? textField(item, "text") : null;
}

function fatalError(message: Fields, type: string | null): string | null {
  const text = type === "error" ? textField(message, "message") : null;
  return text === null || isReconnecting(text) ? null : text;
}

/**
 * Without these a later engine would know neither the thread nor how the agent ended and what it said. A call's
 * beginning is needed to know its end as such.
 */
function isNeededLater(message: Fields, type: string | null): boolean {
  if (type === null || type === "turn.started" || type === "item.updated") return false;
  return type !== "item.completed" || textOfMessage(message, type) !== null;
}

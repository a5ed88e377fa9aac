import type { Masks } from "../../execution/masks.ts";
import type { TranscriptEvent } from "../../execution/transcript.ts";
import type { MeteredUsage, StageRequest } from "../dispatcher.ts";
import type { OutputReader } from "../process/agent-program.ts";
import { fieldsField, textField, type Fields } from "../stream/fields.ts";
import { openMessageReader, type HeardMessage } from "../stream/message-reader.ts";
import { missingSettings, modelOf } from "./acp-options.ts";
import { readSetting, type AcpSetting } from "./acp-plan.ts";
import { isInTurn, isPromptId, isReplaying, requestIds, sessionIn } from "./acp-state.ts";
import { openAcpTalk, type AcpTalk } from "./acp-talk.ts";
import { openUpdateReader, type UpdateReader } from "./acp-updates.ts";
import { createAcpUsage, type AcpUsage } from "./acp-usage.ts";

/** Reads what an agent says over the Agent Client Protocol, and keeps what its result depends on. */
export interface AcpReader extends OutputReader {
  readonly talk: AcpTalk;
  readonly setting: AcpSetting;
  /** True for an agent that starts no servers here, because it was not told to trust the folder. */
  readonly isUntrusted: boolean;
  /** What the agent has said last; null while it has said nothing. */
  readonly lastText: string | null;
  usage(): MeteredUsage;
}

export function openAcpReader(
  masks: Masks,
  request: Pick<StageRequest, "attempt_dir" | "charged">,
): AcpReader {
  const setting = readSetting(request.attempt_dir);
  const talk = openAcpTalk(setting, masks);
  const updates = openUpdateReader();
  const usage = createAcpUsage();
  let isUntrusted = false;

  const reader = openMessageReader(setting.program, masks, createEar({ setting, talk, updates, usage }));
  return {
    longestLineBytes: reader.longestLineBytes,
    hear(stream, bytes, length) {
      if (stream === "stderr" && untrusted.test(bytes.toString("latin1"))) isUntrusted = true;
      return reader.hear(stream, bytes, length);
    },
    warnings: reader.warnings,
    get complaint() {
      return reader.complaint;
    },
    talk,
    setting,
    get isInTurn() {
      return isInTurn(talk.state);
    },
    get isUntrusted() {
      return isUntrusted;
    },
    get lastText() {
      return updates.lastText;
    },
    usage() {
      const session = sessionIn(talk.state, setting.resumes);
      const model = (session && modelOf(session, setting)) ?? setting.program;
      return usage.total(model, session?.isResumed ? request.charged : null);
    },
  };
}

/** What hears an agent, and takes its messages to where they belong. */
interface Listeners {
  setting: AcpSetting;
  talk: AcpTalk;
  updates: UpdateReader;
  usage: AcpUsage;
}

function createEar({ setting, talk, updates, usage }: Listeners): (message: Fields) => HeardMessage {
  function hearUpdate(message: Fields): HeardMessage {
    const update = fieldsField(fieldsField(message, "params"), "update") ?? {};
    const kind = textField(update, "sessionUpdate");
    const isNeeded = kind === "tool_call" || fieldsField(update, "cost") !== null;
    // What had happened before is in the log already.
    if (isReplaying(talk.state)) return { events: [], unknown: [], endsTurn: false, isNeeded: false };
    if (kind === "usage_update") usage.hearUpdate(update);
    return { ...updates.hear(update), endsTurn: false, isNeeded };
  }

  function hearAnswer(message: Fields): HeardMessage {
    const result = fieldsField(message, "result");
    const { id } = message;
    const heard = { unknown: [], isNeeded: true };
    if (isPromptId(id)) {
      if (result !== null) usage.hearEnd(result);
      return { ...heard, events: [...updates.end(), ...usage.event()], endsTurn: true };
    }
    const isSession = id === requestIds.session || id === requestIds.freshSession;
    const events =
      id === requestIds.initialize ? describeAgent(result) : isSession ? describeSession(talk, setting) : [];
    return { ...heard, events, endsTurn: false };
  }

  return (message) => {
    const method = textField(message, "method");
    const params = fieldsField(message, "params") ?? {};
    const asked = method === "session/request_permission" ? updates.ask(params) : [];
    talk.hear(message, updates.callOf);
    if (method === null) return hearAnswer(message);
    if (method === "session/update") return hearUpdate(message);
    const unknown = method === "session/request_permission" ? [] : [method];
    return { events: asked, unknown, endsTurn: false, isNeeded: Object.hasOwn(message, "id") };
  };
}

/** What is said of a session that was opened, or could not be. */
function describeSession({ state }: AcpTalk, setting: AcpSetting): TranscriptEvent[] {
  const session = sessionIn(state, setting.resumes);
  if (session === null) return [];
  const isLost = setting.resumes !== null && !session.isResumed;
  const says = [
    ...(isLost ? ["the agent cannot go on with its session and begins anew"] : []),
    ...missingSettings(session, setting),
  ];
  return says.map((text) => ({ kind: "notice", level: "warning", code: "session", text }));
}

/** What gemini says on stderr. */
const untrusted = /untrusted folder|folder is not trusted/i;

function describeAgent(hello: Fields | null): TranscriptEvent[] {
  const info = fieldsField(hello, "agentInfo");
  const name = textField(info, "title") ?? textField(info, "name");
  if (name === null) return [];
  const version = textField(info, "version");
  const text = `${name}${version === null ? "" : ` ${version}`} begins`;
  return [{ kind: "notice", level: "info", code: "init", text }];
}

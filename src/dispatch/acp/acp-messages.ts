import type {
  CancelNotification,
  InitializeRequest,
  LoadSessionRequest,
  NewSessionRequest,
  PromptRequest,
  RequestPermissionResponse,
  SetSessionModeRequest,
} from "@agentclientprotocol/sdk";
import { version } from "../../version.ts";
import { fieldsField, type Fields } from "../stream/fields.ts";
import type { AcpSetting } from "./acp-plan.ts";
import { requestIds, type AgentRequest } from "./acp-state.ts";

/** The version of the protocol that is spoken. */
export const protocolVersion = 1;

/** The first message. The agent gets no files and no terminals from us: it works on them itself. */
export function initializeMessage(): string {
  return request(requestIds.initialize, "initialize", {
    protocolVersion,
    clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
    clientInfo: { name: "skillmeat", title: "skillmeat", version },
  } satisfies InitializeRequest);
}

/** Where the agent takes the role's text by itself, it is not in the prompt. */
export function newSessionMessage(id: number, setting: AcpSetting, hello: Fields | null): string {
  const params = sessionFacts(setting, hello) satisfies NewSessionRequest;
  return request(id, "session/new", params);
}

/** `session/load` has the agent tell again what had happened, `session/resume` has not. */
export function goOnMessage(
  method: "session/load" | "session/resume",
  sessionId: string,
  setting: AcpSetting,
  hello: Fields | null,
): string {
  const params = { sessionId, ...sessionFacts(setting, hello) } satisfies LoadSessionRequest;
  return request(requestIds.session, method, params);
}

function sessionFacts({ workdir, servers, role }: AcpSetting, hello: Fields | null) {
  const content = [{ type: "text" as const, text: role }];
  const systemPrompt = takesRole(hello) && role !== "" ? { systemPrompt: { mode: "append", content } } : {};
  return { cwd: workdir, mcpServers: servers, ...systemPrompt };
}

export function modeMessage(sessionId: string, modeId: string): string {
  const params = { sessionId, modeId } satisfies SetSessionModeRequest;
  return request(requestIds.mode, "session/set_mode", params);
}

export function optionMessage(id: number, sessionId: string, configId: string, value: string): string {
  return request(id, "session/set_config_option", { sessionId, configId, value });
}

/** The way in which agents offer their models that have no options yet. */
export function modelMessage(sessionId: string, modelId: string): string {
  return request(requestIds.model, "session/set_model", { sessionId, modelId });
}

export function promptMessage(id: number, sessionId: string, text: string): string {
  const params = { sessionId, prompt: [{ type: "text", text }] } satisfies PromptRequest;
  return request(id, "session/prompt", params);
}

export function cancelMessage(sessionId: string): string {
  const params = { sessionId } satisfies CancelNotification;
  return JSON.stringify({ jsonrpc: "2.0", method: "session/cancel", params });
}

/** `optionId` null: none of the options fits, so the agent is told that nobody chose. */
export function permissionReply({ id }: AgentRequest, optionId: string | null): string {
  const result = {
    outcome: optionId === null ? { outcome: "cancelled" } : { outcome: "selected", optionId },
  } satisfies RequestPermissionResponse;
  return JSON.stringify({ jsonrpc: "2.0", id, result });
}

export function unknownMethodReply({ id, method }: AgentRequest): string {
  const error = { code: -32601, message: `"${method}" is not offered` };
  return JSON.stringify({ jsonrpc: "2.0", id, error });
}

export function takesRole(hello: Fields | null): boolean {
  const capabilities = fieldsField(fieldsField(hello, "agentCapabilities"), "sessionCapabilities");
  return fieldsField(capabilities, "systemPrompt") !== null;
}

function request(id: number, method: string, params: object): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method, params });
}

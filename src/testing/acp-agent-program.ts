import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { openToolServer, type ToolServer } from "./mcp-tool-client.ts";

/**
 * A program that speaks the Agent Client Protocol and plays a scenario: `acp-agent-program SCENARIO FOLDER`. The
 * scenario is a module; in the folder are its sessions, and all that it reads.
 */

/** What a scenario can do in its turn. */
export interface PlayedAgent {
  /** The text that the agent was told. */
  prompt: string;
  session: { id: string; params: Record<string, unknown>; how: string };
  /** What was set since the session began: modes and options by their methods. */
  settings: Record<string, unknown>[];
  update(update: Record<string, unknown>): void;
  say(text: string): void;
  /** Asks for a permission; the id of the chosen option, or `cancelled`. */
  ask(call: Record<string, unknown>, options?: object[]): Promise<string>;
  /** Calls the tool for outputs on the server of that name. */
  submit(outputs: unknown): Promise<{ isError: boolean; text: string }>;
  /** Another request to the client: its whole answer. */
  request(method: string, params: object): Promise<Record<string, unknown>>;
  /** Waits until that file exists in the working directory. */
  file(name: string): Promise<void>;
  /** A line as it is. */
  print(line: string): void;
}

/** A module of a scenario. */
export interface Scenario {
  /** More of the answers to `initialize` and to the request that opens a session. */
  hello?: Record<string, unknown>;
  facts?: Record<string, unknown>;
  /** Returns the stop reason or the whole result, or throws the error that the prompt is answered with. */
  play(agent: PlayedAgent): Promise<string | Record<string, unknown>>;
  /** Instead of an answer to a method; undefined: the usual answer. */
  answer?(
    method: string,
    params: Record<string, unknown>,
  ): { result: unknown } | { error: object } | undefined;
}

type Message = {
  id?: string | number;
  method?: string;
  params?: Record<string, unknown>;
  result?: unknown;
  error?: unknown;
};

const [, , scenarioFile = "", folder = ""] = process.argv;
const scenario = (await import(scenarioFile)) as Scenario;
const sessions = join(folder, "sessions");
const waiting = new Map<string | number, (message: Record<string, unknown>) => void>();
const cancelled = Promise.withResolvers<string>();
const settings: Record<string, unknown>[] = [];
let session = { id: "", params: {} as Record<string, unknown>, how: "" };
let server: ToolServer | null = null;
let asked = 0;

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const send = (message: object): void => print(JSON.stringify({ jsonrpc: "2.0", ...message }));
const sessionFile = (id: string): string => join(sessions, `${id}.jsonl`);

function update(told: Record<string, unknown>): void {
  appendFileSync(sessionFile(session.id), `${JSON.stringify(told)}\n`);
  send({ method: "session/update", params: { sessionId: session.id, update: told } });
}

function request(method: string, params: object): Promise<Record<string, unknown>> {
  const id = asked++;
  send({ id, method, params });
  return new Promise((resolve) => waiting.set(id, resolve));
}

const onceOptions = [
  { optionId: "for-ever", name: "Always", kind: "allow_always" },
  { optionId: "yes", name: "Yes", kind: "allow_once" },
  { optionId: "no", name: "No", kind: "reject_once" },
];

async function ask(toolCall: Record<string, unknown>, options: object[] = onceOptions): Promise<string> {
  const answer = await request("session/request_permission", { sessionId: session.id, toolCall, options });
  const { outcome } = answer["result"] as { outcome: { outcome: string; optionId?: string } };
  return outcome.optionId ?? outcome.outcome;
}

async function submit(outputs: unknown): Promise<{ isError: boolean; text: string }> {
  const servers = session.params["mcpServers"] as { name: string; command: string; args: string[] }[];
  const wanted = servers.find(({ name }) => name === "skillmeat-outputs");
  if (!wanted) throw new Error("the session has no server for outputs");
  server ??= await openToolServer([wanted.command, ...wanted.args]);
  return server.call("submit_outputs", outputs);
}

async function file(name: string): Promise<void> {
  const path = join(String(session.params["cwd"]), name);
  while (!existsSync(path)) await Bun.sleep(10);
}

async function play(params: Record<string, unknown>): Promise<object> {
  const [{ text = "" } = {}] = params["prompt"] as { text?: string }[];
  const say = (part: string): void =>
    update({ sessionUpdate: "agent_message_chunk", content: { type: "text", text: part } });
  const agent: PlayedAgent = {
    prompt: text,
    session,
    settings,
    update,
    say,
    ask,
    submit,
    request,
    file,
    print,
  };
  try {
    const ended = await Promise.race([scenario.play(agent), cancelled.promise]);
    return { result: typeof ended === "string" ? { stopReason: ended } : ended };
  } catch (error) {
    return { error: error instanceof Error ? { code: -32603, message: error.message } : error };
  } finally {
    server?.close();
  }
}

function openSession(params: Record<string, unknown>, how: string): object {
  const { sessionId } = params;
  if (how !== "new" && !existsSync(sessionFile(String(sessionId))))
    return { error: { code: -32002, message: "Resource not found", data: { details: "unknown session" } } };
  const id = how === "new" ? crypto.randomUUID() : String(sessionId);
  session = { id, params, how };
  if (how === "new") writeFileSync(sessionFile(id), "");
  if (how === "load") {
    for (const line of readFileSync(sessionFile(id), "utf8").split("\n").slice(0, -1))
      send({ method: "session/update", params: { sessionId: id, update: JSON.parse(line) } });
  }
  return { result: { ...(how === "new" ? { sessionId: id } : {}), ...scenario.facts } };
}

async function answer(method: string, params: Record<string, unknown>): Promise<object> {
  const own = scenario.answer?.(method, params);
  if (own) return own;
  switch (method) {
    case "initialize":
      return { result: { protocolVersion: 1, agentCapabilities: { loadSession: true }, ...scenario.hello } };
    case "session/new":
    case "session/load":
    case "session/resume":
      return openSession(params, method.slice("session/".length));
    case "session/set_mode":
    case "session/set_model":
    case "session/set_config_option":
      settings.push({ method, ...params });
      return { result: {} };
    case "session/prompt":
      return play(params);
    default:
      return { error: { code: -32601, message: `"Method not found": ${method}` } };
  }
}

mkdirSync(sessions, { recursive: true });
for await (const line of createInterface({ input: process.stdin })) {
  appendFileSync(join(folder, "stdin"), `${line}\n`);
  const message = JSON.parse(line) as Message;
  const { id, method, params = {} } = message;
  if (method === undefined) waiting.get(id ?? "")?.(message);
  else if (method === "session/cancel") cancelled.resolve("cancelled");
  else if (id !== undefined) void answer(method, params).then((reply) => send({ id, ...reply }));
}
process.exit(0);

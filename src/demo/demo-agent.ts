import { appendFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  agent,
  ndJsonStream,
  PROTOCOL_VERSION,
  type AgentContext,
  type McpServer,
  type PermissionOption,
  type RequestPermissionRequest,
  type SessionUpdate,
  type StopReason,
  type ToolCallUpdate,
} from "@agentclientprotocol/sdk";
import type { ValueObject } from "../expression/value.ts";
import { version } from "../version.ts";
import { handIn } from "./hand-in.ts";

/** What the agent does in each of its turns. */
export interface DemoWork {
  /** The file that it adds a line to, in the session's folder; null: it changes nothing. */
  writes: string | null;
  /** What it hands in; the other outputs of the stage are made from their types. */
  outputs: ValueObject;
}

/** The ends of the streams that a client talks through. */
interface Streams {
  input: ReadableStream<Uint8Array>;
  /** Resolves when more may be written. */
  write(bytes: Uint8Array): Promise<void>;
}

interface Session {
  id: string;
  folder: string;
  servers: readonly McpServer[];
  client: AgentContext;
}

/**
 * An agent of the Agent Client Protocol that asks no model: it shows on any machine how agents are watched, asked about
 * and checked. Ends with its input.
 */
export async function serveDemoAgent(work: DemoWork, { input, write }: Streams): Promise<void> {
  const sessions = new Map<string, Omit<Session, "id" | "client">>();
  const connection = agent({ name: "skillmeat-demo-agent" })
    .onRequest("initialize", () => ({
      protocolVersion: PROTOCOL_VERSION,
      agentInfo: { name: "skillmeat-demo-agent", version },
      agentCapabilities: {},
    }))
    .onRequest("session/new", ({ params }) => {
      const sessionId = crypto.randomUUID();
      sessions.set(sessionId, { folder: params.cwd, servers: params.mcpServers });
      return { sessionId };
    })
    .onRequest("session/prompt", async ({ params, client }) => {
      const session = sessions.get(params.sessionId);
      if (!session) throw new Error(`there is no session ${params.sessionId}`);
      return { stopReason: await takeTurn({ ...session, id: params.sessionId, client }, work) };
    })
    // A turn waits for nothing but an answer of the client, who answers it when the turn is cancelled.
    .onNotification("session/cancel", () => {})
    .connect(ndJsonStream(new WritableStream({ write }), input));
  await connection.closed;
}

async function takeTurn(session: Session, { writes, outputs }: DemoWork): Promise<StopReason> {
  await say(session, "I am the demo agent of skillmeat. I ask no model and do what my agent file says.");
  if (writes !== null && (await addLine(session, writes)) === "cancelled") return "cancelled";
  await handOver(session, outputs);
  return "end_turn";
}

const options: PermissionOption[] = [
  { optionId: "allow", name: "Allow", kind: "allow_once" },
  { optionId: "reject", name: "Reject", kind: "reject_once" },
];

async function addLine(session: Session, name: string): Promise<"done" | "cancelled"> {
  const path = resolve(session.folder, name);
  const line = `A line by the demo agent, written on ${new Date().toISOString()}.\n`;
  const call = {
    toolCallId: crypto.randomUUID(),
    title: `Add a line to ${name}`,
    kind: "edit",
    locations: [{ path }],
    rawInput: { path, line },
  } satisfies ToolCallUpdate;
  await tell(session, { sessionUpdate: "tool_call", status: "pending", ...call });
  const asked: RequestPermissionRequest = { sessionId: session.id, toolCall: call, options };
  const { outcome } = await session.client.request("session/request_permission", asked);
  if (outcome.outcome === "cancelled") return "cancelled";
  const isAllowed = outcome.optionId === "allow";
  const written = isAllowed ? append(path, line) : "this was rejected";
  await endCall(session, call.toolCallId, written ?? `added to ${name}: ${line}`, written === null);
  if (written !== null) await say(session, `I go on without ${name}.`);
  return "done";
}

/** Why the line could not be added; null: it is there. */
function append(path: string, line: string): string | null {
  try {
    appendFileSync(path, line);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function handOver(session: Session, given: ValueObject): Promise<void> {
  await handIn(session.servers, given, {
    begun: (id, outputs) =>
      tell(session, {
        sessionUpdate: "tool_call",
        toolCallId: id,
        title: "Hand in the outputs",
        kind: "other",
        status: "pending",
        rawInput: outputs,
      }),
    ended: (id, { isError, text }) => endCall(session, id, text, !isError),
  });
}

function endCall(session: Session, toolCallId: string, text: string, isDone: boolean): Promise<void> {
  return tell(session, {
    sessionUpdate: "tool_call_update",
    toolCallId,
    status: isDone ? "completed" : "failed",
    content: [{ type: "content", content: { type: "text", text } }],
  });
}

function say(session: Session, text: string): Promise<void> {
  return tell(session, { sessionUpdate: "agent_message_chunk", content: { type: "text", text } });
}

function tell({ client, id }: Session, update: SessionUpdate): Promise<void> {
  return client.notify("session/update", { sessionId: id, update });
}

import type { McpServer } from "@agentclientprotocol/sdk";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { isObject } from "../expression/own-property.ts";
import type { Value, ValueObject } from "../expression/value.ts";
import { version } from "../version.ts";

/** What a tool has answered. */
export interface ToolAnswer {
  isError: boolean;
  text: string;
}

interface Told {
  begun(callId: string, outputs: ValueObject): Promise<void>;
  ended(callId: string, answer: ToolAnswer): Promise<void>;
}

const toolName = "submit_outputs";

/**
 * Calls the tool for outputs of the first server that has one, with the given outputs; those that it also wants are
 * made from their types. Does nothing where no server has it.
 */
export async function handIn(servers: readonly McpServer[], given: ValueObject, told: Told): Promise<void> {
  for (const server of servers) {
    if (!("command" in server)) continue;
    const client = new Client({ name: "skillmeat-demo-agent", version });
    const { command, args, env } = server;
    const variables = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    await client.connect(new StdioClientTransport({ command, args, env: variables }));
    try {
      const { tools } = await client.listTools();
      const tool = tools.find(({ name }) => name === toolName);
      if (!tool) continue;
      const outputs = { ...sampleOf(tool.inputSchema), ...given };
      const callId = crypto.randomUUID();
      await told.begun(callId, outputs);
      const answer = await client.callTool({ name: toolName, arguments: outputs });
      await told.ended(callId, { isError: answer.isError === true, text: textOf(answer.content) });
      return;
    } finally {
      await client.close();
    }
  }
}

/** A value for each required property of a schema. */
function sampleOf(schema: { properties?: object | undefined; required?: string[] | undefined }): ValueObject {
  const { properties = {}, required = [] } = schema;
  const wanted = Object.entries(properties).filter(([name]) => required.includes(name));
  return Object.fromEntries(wanted.map(([name, property]) => [name, sample(name, property as Value)]));
}

const samples: Readonly<Record<string, Value>> = {
  integer: 1,
  number: 1,
  boolean: true,
  array: [],
  object: {},
};

function sample(name: string, property: Value): Value {
  const type = isObject(property) ? property["type"] : null;
  return typeof type === "string" && Object.hasOwn(samples, type) ? (samples[type] ?? null) : `demo ${name}`;
}

function textOf(content: unknown): string {
  const parts = Array.isArray(content) ? (content as { text?: string }[]) : [];
  return parts.map(({ text = "" }) => text).join("\n");
}

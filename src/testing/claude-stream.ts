/** Messages of claude's stream-json, a line each, as far as a transcript is made of them. */

interface Block {
  type: string;
  [key: string]: unknown;
}

const message = (type: "assistant" | "user", block: Block, parent: string | null): string =>
  JSON.stringify({ type, message: { role: type, content: [block] }, parent_tool_use_id: parent });

export const begins = (): string =>
  JSON.stringify({
    type: "system",
    subtype: "init",
    claude_code_version: "2.1.332",
    model: "claude-sonnet-5-5",
    mcp_servers: [],
  });

export const says = (text: string, parent: string | null = null): string =>
  message("assistant", { type: "text", text }, parent);

const partial = (event: object): string =>
  JSON.stringify({ type: "stream_event", event, parent_tool_use_id: null });

/** The beginning of a message that comes in pieces. */
export const starts = (id: string): string =>
  partial({ type: "message_start", message: { id, content: [] } });

/** A piece of a message; the message follows whole. */
export const writes = (text: string): string =>
  partial({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } });

export const thinks = (thinking: string): string =>
  message("assistant", { type: "thinking", thinking }, null);

export const calls = (id: string, name: string, input: object, parent: string | null = null): string =>
  message("assistant", { type: "tool_use", id, name, input }, parent);

export const returns = (
  id: string,
  content: string,
  { parent = null, isError = false }: { parent?: string | null; isError?: boolean } = {},
): string => message("user", { type: "tool_result", tool_use_id: id, content, is_error: isError }, parent);

export const plans = (id: string, ...entries: [text: string, status: string][]): string =>
  calls(id, "TodoWrite", { todos: entries.map(([content, status]) => ({ content, status })) });

/** The end of the work; what it has used is that of one model. */
export const ends = (usd = 0.42): string => {
  const tokens = { inputTokens: 1200, outputTokens: 3400, cacheReadInputTokens: 48_000 };
  return JSON.stringify({
    type: "result",
    subtype: "success",
    is_error: false,
    result: "All done.",
    total_cost_usd: usd,
    modelUsage: { "claude-sonnet-5-5": { ...tokens, cacheCreationInputTokens: 900, costUSD: usd } },
  });
};

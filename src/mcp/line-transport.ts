import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { JSONRPCMessageSchema, type JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { isObject } from "../expression/own-property.ts";
import { parseJson } from "../expression/parse-json.ts";
import type { Value } from "../expression/value.ts";
import { boundedLines, type BoundedLine } from "./bounded-lines.ts";

const longestLine = 16 * 1024 * 1024;
const deepest = 256;

/** The ends of the streams that a client talks through. */
interface Streams {
  input: AsyncIterable<Uint8Array>;
  /** Resolves when more may be written. */
  write(text: string): Promise<void>;
}

export interface LineTransport extends Transport {
  /** Reads until the client ends its stream. */
  serve(): Promise<void>;
}

/**
 * MCP by lines of JSON. Unlike the SDK's own transport it goes on after a line that is too long or no message, and
 * answers it, so that the client does not wait.
 */
export function createLineTransport({ input, write }: Streams): LineTransport {
  const say = (message: object): Promise<void> => write(`${JSON.stringify(message)}\n`);
  let answered: (() => void) | null = null;
  const transport: LineTransport = {
    start: () => Promise.resolve(),
    async send(message) {
      await say(message);
      if (!("method" in message)) answered?.();
    },
    close: () => Promise.resolve(transport.onclose?.()),
    async serve() {
      for await (const line of boundedLines(input, longestLine)) {
        const heard = hear(line);
        if ("answer" in heard) await say(heard.answer);
        if (!("message" in heard)) continue;
        const { message } = heard;
        const answer = Promise.withResolvers<void>();
        answered = answer.resolve;
        transport.onmessage?.(message);
        // The next line is read only after the answer, so that no answers pile up and none is lost at the end.
        if ("method" in message && "id" in message) await answer.promise;
      }
      await transport.close();
    },
  };
  return transport;
}

type Heard = { message: JSONRPCMessage } | { answer: object } | { nothing: true };

const codes = { parse: -32700, request: -32600, parameters: -32602 };

function hear({ bytes, rest }: BoundedLine): Heard {
  const text = bytes.toString("utf8");
  if (rest > 0) {
    const message = `the message has ${bytes.length + rest} bytes; ${longestLine} at most`;
    return { answer: refusal(idWithin(text), codes.request, message) };
  }
  if (text.trim() === "") return { nothing: true };
  const parsed = parseJson(text, deepest);
  if ("problem" in parsed) {
    const { fault, problem } = parsed;
    const code = fault === "syntax" ? codes.parse : codes.parameters;
    const id = fault === "syntax" ? null : idWithin(`${text.slice(0, 4096)}${text.slice(-4096)}`);
    return { answer: refusal(id, code, `the message ${problem}`) };
  }
  const checked = JSONRPCMessageSchema.safeParse(parsed.value);
  if (checked.success) return { message: checked.data };
  return { answer: refusal(idOf(parsed.value), codes.request, "the message is no JSON-RPC 2.0 message") };
}

function refusal(id: string | number | null, code: number, message: string): object {
  return { jsonrpc: "2.0", id, error: { code, message } };
}

function idOf(value: Value): string | number | null {
  const id = isObject(value) && Object.hasOwn(value, "id") ? value["id"] : null;
  return typeof id === "string" || typeof id === "number" ? id : null;
}

/** Of a message that is not read: clients write its id first or last. */
function idWithin(text: string): string | number | null {
  const first = /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(\d{1,15}|"[^"\\]{0,100}")/.exec(
    text,
  )?.[1];
  const written = first ?? /"id"\s*:\s*(\d{1,15}|"[^"\\]{0,100}")\s*\}\s*$/.exec(text)?.[1];
  if (written === undefined) return null;
  return written.startsWith('"') ? written.slice(1, -1) : Number(written);
}

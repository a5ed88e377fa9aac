/** What the starter needs to start one agent. */
export interface StartRequest {
  /** The attempt's folder, absolute: its input and log files are there. */
  folder: string;
  workdir: string;
  /** The program's absolute path first. */
  command: readonly string[];
  env: Readonly<Record<string, string>>;
  /** True: its stdin is fed from `in.jsonl` until `in.end` exists; false: from `input.json`. */
  isTwoWay: boolean;
}

const twoWayFlag = 1;
const headBytes = 20;

/** A request as the starter reads it: see the head of `supervisor.c`. Throws for a text with a NUL in it. */
export function encodeRequest(id: number, request: StartRequest): Uint8Array {
  const env = Object.entries(request.env).map(([name, value]) => `${name}=${value}`);
  const texts = [request.folder, request.workdir, ...request.command, ...env];
  if (texts.some((text) => text.includes("\0"))) throw new Error("a text of the request holds a NUL");
  const body = Buffer.from(texts.map((text) => `${text}\0`).join(""));
  const head = Buffer.alloc(headBytes);
  const { command, isTwoWay } = request;
  const words = [headBytes - 4 + body.byteLength, id, isTwoWay ? twoWayFlag : 0, command.length, env.length];
  words.forEach((word, index) => head.writeUInt32LE(word, index * 4));
  return Buffer.concat([head, body]);
}

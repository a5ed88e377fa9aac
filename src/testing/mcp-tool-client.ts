/** The least of a client of the Model Context Protocol: it calls tools of a server on stdin and stdout. */
export interface ToolServer {
  call(tool: string, input: unknown): Promise<{ isError: boolean; text: string }>;
  close(): void;
}

export async function openToolServer(command: readonly string[]): Promise<ToolServer> {
  const child = Bun.spawn([...command], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
  const waiting = new Map<number, (result: unknown) => void>();
  let asked = 0;
  const say = (message: object): void => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
    void child.stdin.flush();
  };
  const request = (method: string, params: object): Promise<unknown> => {
    const id = ++asked;
    say({ id, method, params });
    return new Promise((resolve) => waiting.set(id, resolve));
  };
  void readLines(child.stdout, (line) => {
    const { id, result, error } = JSON.parse(line) as { id: number; result?: unknown; error?: unknown };
    waiting.get(id)?.(result ?? { isError: true, content: [{ text: JSON.stringify(error) }] });
  });
  const clientInfo = { name: "test", version: "1" };
  await request("initialize", { protocolVersion: "2025-06-18", capabilities: {}, clientInfo });
  say({ method: "notifications/initialized" });
  return {
    async call(name, input) {
      const result = await request("tools/call", { name, arguments: input });
      const { isError = false, content } = result as { isError?: boolean; content: { text: string }[] };
      return { isError, text: content.map(({ text }) => text).join("\n") };
    },
    close: () => child.kill(),
  };
}

async function readLines(stream: ReadableStream<Uint8Array>, take: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let held = "";
  for await (const chunk of stream) {
    const lines = (held + decoder.decode(chunk, { stream: true })).split("\n");
    held = lines.pop() ?? "";
    lines.forEach(take);
  }
}

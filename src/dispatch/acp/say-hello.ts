import {
  fieldsField,
  fieldsOf,
  listField,
  numberField,
  parseFields,
  textField,
  type Fields,
} from "../stream/fields.ts";
import { initializeMessage, protocolVersion, takesRole } from "./acp-messages.ts";
import { requestIds } from "./acp-state.ts";
import { wayBack } from "./owed-messages.ts";

/** What a program of an agent tells of itself before it is asked to do anything. */
export interface AcpHello {
  name: string | null;
  version: string | null;
  protocol: number | null;
  /** What of it matters to stages, in words. */
  capabilities: string[];
  /** How it can be logged in to, in its own words. */
  logins: string[];
}

export interface HelloOptions {
  env: Readonly<Record<string, string>>;
  workdir: string;
  longestMs: number;
}

/** Starts a program, sends `initialize`, and ends it with all that it has started. Nothing is sent to a model. */
export async function sayHello(
  argv: readonly string[],
  { env, workdir, longestMs }: HelloOptions,
): Promise<AcpHello | { trouble: string }> {
  const child = Bun.spawn([...argv], {
    cwd: workdir,
    env: { ...env },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "ignore",
    detached: true,
  });
  const late = Promise.withResolvers<{ trouble: string }>();
  const limit = setTimeout(
    () => late.resolve({ trouble: `it has not answered "initialize" within ${longestMs / 1000} s` }),
    longestMs,
  );
  try {
    child.stdin.write(`${initializeMessage()}\n`);
    void Promise.resolve(child.stdin.flush()).catch(() => {});
    return await Promise.race([readHello(child.stdout), late.promise]);
  } finally {
    clearTimeout(limit);
    endGroup(child.pid);
    await child.exited;
  }
}

const longestText = 1024 * 1024;

async function readHello(stream: ReadableStream<Uint8Array>): Promise<AcpHello | { trouble: string }> {
  const decoder = new TextDecoder();
  let held = "";
  for await (const chunk of stream) {
    const lines = (held + decoder.decode(chunk, { stream: true })).split("\n");
    held = lines.pop() ?? "";
    for (const message of lines.map(parseFields)) {
      if (message?.["id"] === requestIds.initialize) return describe(message);
    }
    if (held.length > longestText) break;
  }
  return { trouble: 'it has ended before it answered "initialize"' };
}

function describe(message: Fields): AcpHello | { trouble: string } {
  const hello = fieldsField(message, "result");
  if (hello === null) {
    const said = textField(fieldsField(message, "error"), "message") ?? "without a reason";
    return { trouble: `it has refused "initialize": ${said}` };
  }
  const protocol = numberField(hello, "protocolVersion");
  if (protocol !== protocolVersion)
    return {
      trouble: `it speaks version ${protocol ?? "?"} of the protocol, and ${protocolVersion} is needed`,
    };
  const info = fieldsField(hello, "agentInfo");
  return {
    name: textField(info, "title") ?? textField(info, "name"),
    version: textField(info, "version"),
    protocol,
    capabilities: capabilitiesOf(hello),
    logins: listField(hello, "authMethods").flatMap((method) => textField(method, "name") ?? []),
  };
}

function capabilitiesOf(hello: Fields): string[] {
  const mcp = fieldsOf(fieldsField(hello, "agentCapabilities")?.["mcpCapabilities"]);
  const addresses = ["http", "sse"].filter((type) => mcp?.[type] === true);
  const back = wayBack(hello);
  return [
    back === null ? "begins anew" : back === "session/resume" ? "resumes sessions" : "loads sessions",
    ["MCP by stdio", ...addresses].join(", "),
    ...(takesRole(hello) ? ["takes a system prompt"] : []),
  ];
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nothing of its group is left.
  }
}

import type { Denials, StageError } from "../dispatcher.ts";
import { namedServers, toolPrefix, type ServerRequest } from "../mcp/attempt-servers.ts";
import { serverFailure, serverWarning } from "../mcp/server-failure.ts";
import { fieldsField, textField, type Fields } from "../stream/fields.ts";
import { titleOfCall } from "../title-of-call.ts";
import { codexName } from "./codex-servers.ts";

/** What codex tells of its MCP servers: on stderr which of them have not started, in its items what was denied. */
export interface ServerWatch {
  /** Takes a line of stderr; true when a later engine needs it, too. */
  hearLine(line: string): boolean;
  /** Takes the name of a server that has not started. */
  hearFailure(told: string): void;
  /** Takes a completed item; true when a later engine needs it, too. */
  hearItem(item: Fields | null): boolean;
  readonly warnings: readonly string[];
  /** Why the attempt cannot go on; null when nothing is missing that it needs. */
  readonly failure: StageError | null;
  readonly denials: Denials;
}

const notStarted = /MCP server startup failed server_name="([^"]+)"/;
const required = /required MCP servers failed to initialize: (.*)/;
const denied = /^MCP tool call requires approval/;
const mostNames = 100;
const mostDenials = 20;
const mostTitle = 200;

export function createServerWatch(request: ServerRequest, hide: (text: string) => string): ServerWatch {
  const names = new Map((request.agent?.servers ?? []).map(({ name }) => [codexName(name), name]));
  const needed = namedServers(request);
  const failed = new Set<string>();
  let failure: StageError | null = null;
  const denials: Denials = { calls: [], count: 0 };

  const fail = (name: string): void => {
    if (failed.size < mostNames) failed.add(name);
  };
  return {
    hearFailure: (told) => fail(names.get(told) ?? told),
    hearLine(line) {
      const missing = needed.find((name) => isAmong(codexName(name), required.exec(line)?.[1] ?? ""));
      if (missing !== undefined) failure = serverFailure(missing);
      const told = notStarted.exec(line)?.[1];
      const name = missing ?? (told === undefined ? undefined : (names.get(told) ?? told));
      if (name !== undefined) fail(name);
      return name !== undefined;
    },
    hearItem(item) {
      if (textField(item, "type") !== "mcp_tool_call") return false;
      if (!denied.test(textField(fieldsField(item, "error"), "message") ?? "")) return false;
      denials.count++;
      if (denials.calls.length < mostDenials) denials.calls.push(describeCall(item, hide));
      return true;
    },
    get warnings() {
      return [...failed].map(serverWarning);
    },
    get failure() {
      return failure;
    },
    denials,
  };
}

/** The list of codex is `name: why; name: why`. */
function isAmong(name: string, list: string): boolean {
  return list.startsWith(`${name}: `) || list.includes(`; ${name}: `);
}

/** The texts are hidden before they are cut, because the cut may go through a secret. */
function describeCall(item: Fields | null, hide: (text: string) => string): Denials["calls"][number] {
  // As a rule in "tools" names it.
  const tool = `${toolPrefix(textField(item, "server") ?? "")}__${textField(item, "tool") ?? ""}`;
  const input = fieldsField(item, "arguments") ?? {};
  const title = titleOfCall(input) || JSON.stringify(input);
  return { tool: hide(tool).slice(0, mostTitle), title: hide(title).slice(0, mostTitle) };
}

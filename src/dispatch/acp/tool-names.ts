import { fieldsField, textField, type Fields } from "../stream/fields.ts";

/** The name of the MCP server by which outputs are handed in. */
export const outputsServer = "skillmeat-outputs";
export const outputsTool = "submit_outputs";

/** The names that the agent itself gives the tool of a call; never its title, into which the model's words get. */
export function toolNames(call: Fields | null): string[] {
  const names = [
    textField(fieldsField(fieldsField(call, "_meta"), "claudeCode"), "toolName"),
    textField(call, "name"),
    nameInId(textField(call, "toolCallId") ?? ""),
  ];
  return [...new Set(names.filter((name) => name !== null && name !== ""))] as string[];
}

/** Gemini names calls by their tool, twice: `run_shell_command__run_shell_command_1795985970130_0`. */
function nameInId(id: string): string | null {
  return /^([A-Za-z][\w-]*?)__\1_\d+/.exec(id)?.[1] ?? null;
}

/** Programs join the words of a name differently: `mcp__tickets__search`, `mcp_tickets_search`, `tickets_search`. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, "_");
}

/** The tool's name without a server's, and the server; null for a tool of no such server. */
export function serverTool(
  name: string,
  servers: readonly string[],
): { server: string; tool: string } | null {
  const plain = plainName(name).replace(/^mcp_/, "");
  const found = servers
    .filter((server) => plain.startsWith(`${plainName(server)}_`))
    .toSorted((a, b) => b.length - a.length)[0];
  if (found === undefined) return null;
  return { server: plainName(found), tool: plain.slice(plainName(found).length + 1) };
}

/** The name of a call's tool for people. */
export function toolOf(call: Fields | null): string {
  const [name] = toolNames(call);
  if (name !== undefined) return name;
  const [kind, title] = [textField(call, "kind"), textField(call, "title") ?? ""];
  // opencode names the tools of servers there alone.
  return kind === "other" && /^[\w-]+$/.test(title) ? title : (kind ?? "a tool");
}

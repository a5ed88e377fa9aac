import { isAbsence, staysInside } from "./scan-folder.ts";
import { readFileSync, statSync } from "./seen-files.ts";

/** An MCP server that a file names. */
export interface NamedServer {
  name: string;
  description: string | null;
  /** The file. */
  path: string;
}

const longestFile = 4 * 1024 * 1024;

/** The servers in a project's `.mcp.json` or a collection's manifest. A file that cannot be read as one has none. */
export function serversIn(file: string, boundary: string): NamedServer[] {
  if (!staysInside(file, boundary)) return [];
  const text = textOf(file);
  if (text === null) return [];
  const found = file.endsWith(".json") ? jsonServers(text) : manifestServers(text);
  return found.map((server) => ({ ...server, path: file }));
}

function jsonServers(text: string): Omit<NamedServer, "path">[] {
  const root = tryParse(() => JSON.parse(text));
  const servers = tableOf(tableOf(root)?.["mcpServers"]);
  return Object.entries(servers ?? {}).map(([name, server]) => ({
    name,
    description: descriptionOf(tableOf(server)),
  }));
}

function manifestServers(text: string): Omit<NamedServer, "path">[] {
  const rows = tableOf(tryParse(() => Bun.TOML.parse(text)))?.["mcp_servers"];
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row: unknown) => {
    const table = tableOf(row);
    const name = table?.["name"];
    return typeof name === "string" ? [{ name, description: descriptionOf(table) }] : [];
  });
}

function descriptionOf(table: Record<string, unknown> | null): string | null {
  const description = table?.["description"];
  return typeof description === "string" ? description : null;
}

function tryParse(parse: () => unknown): unknown {
  try {
    return parse();
  } catch {
    return null;
  }
}

function tableOf(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function textOf(file: string): string | null {
  try {
    const facts = statSync(file);
    return facts.isFile() && facts.size <= longestFile ? readFileSync(file, "utf8") : null;
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

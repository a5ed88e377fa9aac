import { isObject } from "../expression/own-property.ts";
import type { Value, ValueObject } from "../expression/value.ts";
import { isAbsence, staysInside } from "./scan-folder.ts";
import { readFileSync, statSync } from "./seen-files.ts";

/** An MCP server that a file names. */
export interface NamedServer {
  name: string;
  description: string | null;
  /** The file. */
  path: string;
  /** What the file says of it; a collection's entry need not say how it is started. */
  settings: ValueObject;
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

/** Why a file that names servers cannot be read as one; null when it can, or is not there. */
export function serverFileProblem(file: string, boundary: string): string | null {
  if (!staysInside(file, boundary)) return null;
  const text = textOf(file);
  if (text === null) return null;
  const isRead = file.endsWith(".json")
    ? isObject(valueOf(tryParse(() => JSON.parse(text)))["mcpServers"] ?? null)
    : tryParse(() => Bun.TOML.parse(text)) !== null;
  const form = file.endsWith(".json") ? 'JSON with a mapping "mcpServers"' : "TOML";
  return isRead ? null : `"${file}" cannot be read: it must be ${form}`;
}

function jsonServers(text: string): Omit<NamedServer, "path">[] {
  const servers = valueOf(tryParse(() => JSON.parse(text)))["mcpServers"] ?? null;
  return Object.entries(isObject(servers) ? servers : {}).map(([name, server]) => {
    const settings = valueOf(server);
    return { name, description: descriptionOf(settings), settings };
  });
}

function manifestServers(text: string): Omit<NamedServer, "path">[] {
  // TOML has dates, which JSON has not.
  const rows = valueOf(tryParse(() => JSON.parse(JSON.stringify(Bun.TOML.parse(text)))))["mcp_servers"];
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row: Value) => {
    const { name, description: _, ...settings } = valueOf(row);
    if (typeof name !== "string") return [];
    // SkillMeat writes its variables as `env_vars`.
    const { env = settings["env_vars"] } = settings;
    return [
      { name, description: descriptionOf(valueOf(row)), settings: env ? { ...settings, env } : settings },
    ];
  });
}

function descriptionOf({ description }: ValueObject): string | null {
  return typeof description === "string" ? description : null;
}

function tryParse(parse: () => unknown): unknown {
  try {
    return parse();
  } catch {
    return null;
  }
}

/** What is no mapping counts as an empty one. */
function valueOf(value: unknown): ValueObject {
  return isObject((value ?? null) as Value) ? (value as ValueObject) : {};
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

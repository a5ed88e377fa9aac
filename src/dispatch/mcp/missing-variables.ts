import type { McpServer } from "../../execution/snapshot.ts";
import { neededVariables } from "./fill-variables.ts";
import { readServerSettings, type ServerSettings } from "./server-settings.ts";

/** The variables that a server's settings name without a value for their absence, and that are not among these. */
export function missingVariables(
  { settings }: Pick<McpServer, "settings">,
  known: Readonly<Record<string, string>>,
): string[] {
  const read = readServerSettings(settings);
  if ("problem" in read) return [];
  const needed = textsWithin(read.settings).flatMap(neededVariables);
  return [...new Set(needed)].filter((name) => !Object.hasOwn(known, name));
}

export function variableTrouble(
  { name: server, path }: Pick<McpServer, "name" | "path">,
  name: string,
): { code: string; says: string; wayOut: string } {
  return {
    code: "mcp_variable_missing",
    says: `the MCP server "${server}" of ${path} needs the variable ${name}, which agents do not get here`,
    wayOut:
      `set it and name it in "pass_env" of [agents] in config.toml, set it in "config.env" of the workflow, or write ` +
      `a value for its absence: \${${name}:-value}`,
  };
}

/** All texts of the settings in which a variable may stand. */
export function textsWithin(settings: ServerSettings): string[] {
  return settings.kind === "program"
    ? [settings.command, ...settings.args, ...Object.values(settings.env)]
    : [settings.url, ...Object.values(settings.headers)];
}

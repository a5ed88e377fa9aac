import { isArray, isObject } from "../../expression/own-property.ts";
import type { Value, ValueObject } from "../../expression/value.ts";

/** An MCP server that a stage is to have: one that is looked up by its name, or one that is described on the spot. */
export type WantedServer = { ref: string } | { name: string; settings: ValueObject };

/** `problem`: what of the agent's file cannot be meant, and the way out. */
interface WantedServers {
  wanted: WantedServer[];
  problem: { says: string; wayOut: string } | null;
}

/** The servers of a stage: first what its tools name, then `mcpServers` of its agent's file. */
export function wantedServers(tools: readonly string[], settings: ValueObject | undefined): WantedServers {
  const named = tools.filter((tool) => tool.startsWith("mcp:")).map((ref) => ({ ref }));
  const own = ownServers(settings?.["mcpServers"]);
  return { wanted: [...named, ...own.wanted], problem: own.problem };
}

const form = 'write the names of servers, as [github], or describe them, as {github: {command: "…"}}';

/** A list of names and descriptions, a mapping of descriptions, or a text with commas. */
function ownServers(value: Value | undefined): WantedServers {
  const wanted: WantedServer[] = [];
  const trouble = (says: string): WantedServers => ({
    wanted,
    problem: { says: `"mcpServers" ${says}`, wayOut: form },
  });
  if (value === undefined || value === null) return { wanted, problem: null };
  const items: readonly Value[] =
    typeof value === "string" ? namesIn(value) : isArray(value) ? value : [value];
  for (const item of items) {
    if (typeof item === "string" && item.trim() !== "") wanted.push({ ref: `mcp:${item.trim()}` });
    else if (isObject(item)) {
      for (const [name, described] of Object.entries(item)) {
        if (!isObject(described)) return trouble(`describes "${name}" by something that is no mapping`);
        wanted.push({ name, settings: described });
      }
    } else return trouble("holds something that is neither a name nor a description");
  }
  return { wanted, problem: null };
}

function namesIn(text: string): string[] {
  return text.split(/[\s,]+/).filter((name) => name !== "");
}

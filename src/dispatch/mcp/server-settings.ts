import { isArray, isObject } from "../../expression/own-property.ts";
import type { Value, ValueObject } from "../../expression/value.ts";

/** How an MCP server is reached: a program that is started, or an address. */
export type ServerSettings =
  | { kind: "program"; command: string; args: string[]; env: Record<string, string> }
  | { kind: "address"; type: "http" | "sse" | "ws"; url: string; headers: Record<string, string> };

const addressTypes: Readonly<Record<string, "http" | "sse" | "ws">> = {
  http: "http",
  "streamable-http": "http",
  sse: "sse",
  ws: "ws",
};
const longest = 64 * 1024;

/** Reads what a file says of a server. `problem` is to be put after the server's name. */
export function readServerSettings(
  settings: ValueObject,
): { settings: ServerSettings } | { problem: string } {
  if (JSON.stringify(settings).length > longest) return { problem: "has more than 64 KiB of settings" };
  const { type = null, command = null, url = null } = settings;
  if (
    type !== null &&
    (typeof type !== "string" || (type !== "stdio" && !Object.hasOwn(addressTypes, type)))
  ) {
    const known = ["stdio", ...Object.keys(addressTypes)].join(", ");
    return { problem: `has the type ${JSON.stringify(type)}, which is not known. write one of ${known}` };
  }
  if (type === "stdio" || (type === null && command !== null)) return readProgram(settings, command);
  if (type === null && url === null) {
    return { problem: 'has neither "command" nor "url", so nobody can start or reach it' };
  }
  if (typeof url !== "string" || url.trim() === "") return { problem: 'needs "url", a text' };
  const headers = textsByName(settings["headers"]);
  if (headers === null) return { problem: 'has "headers" that are no mapping of texts' };
  return { settings: { kind: "address", type: addressTypes[type ?? "http"] ?? "http", url, headers } };
}

function readProgram(settings: ValueObject, command: Value): ReturnType<typeof readServerSettings> {
  if (typeof command !== "string" || command.trim() === "") {
    return { problem: 'needs "command", the text that names its program; its arguments go into "args"' };
  }
  const { args = [] } = settings;
  if (!isArray(args) || !args.every((each) => typeof each === "string")) {
    return { problem: 'has "args" that are no list of texts' };
  }
  const env = textsByName(settings["env"]);
  if (env === null) return { problem: 'has "env" that is no mapping of texts' };
  const texts = [command, ...args, ...Object.keys(env), ...Object.values(env)];
  if (texts.some((text) => text.includes("\0"))) return { problem: "has a null character in its settings" };
  return { settings: { kind: "program", command, args: [...args], env } };
}

/** Numbers and booleans are taken as they are written: YAML and TOML know no other way for `PORT: 80`. */
function textsByName(value: Value | undefined): Record<string, string> | null {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) return null;
  const texts: Record<string, string> = Object.create(null);
  for (const [name, each] of Object.entries(value)) {
    if (typeof each !== "string" && typeof each !== "number" && typeof each !== "boolean") return null;
    texts[name] = String(each);
  }
  return texts;
}

import { isObject } from "../expression/own-property.ts";
import type { Value, ValueObject } from "../expression/value.ts";
import { isSecretName } from "../workflow/secret-name.ts";
import { secretsOf } from "./masks.ts";
import type { AgentFile } from "./snapshot.ts";

const secretHeader = /auth|cookie|credential/i;

/** The secrets that stand in the settings of an agent's MCP servers: they are told by their names, as everywhere. */
export function serverSecrets({ servers = [], settings }: AgentFile): string[] {
  const inline = settings?.["mcpServers"];
  return [...servers.map((server) => server.settings), ...describedIn(inline)].flatMap(secretsIn);
}

function describedIn(value: Value | undefined): ValueObject[] {
  const items: readonly Value[] = Array.isArray(value) ? value : [value ?? null];
  return items.flatMap((item) => (isObject(item) ? Object.values(item).filter(isObject) : []));
}

function secretsIn({ env, headers, url, args }: ValueObject): string[] {
  const sent = textsOf(headers).filter(([name]) => isSecretName(name) || secretHeader.test(name));
  const found = [
    ...secretsOf(Object.fromEntries(textsOf(env))),
    ...sent.flatMap(([, text]) => [text, text.replace(/^\w+\s+/, "")]),
    ...(typeof url === "string" ? secretsOfAddress(url) : []),
    ...secretsOfArguments(Array.isArray(args) ? args : []),
  ];
  return found.flatMap(literalParts);
}

/** A text that names a variable is no secret, but the value it gives for a missing one may be. */
function literalParts(text: string): string[] {
  if (!text.includes("${")) return [text];
  return [...text.matchAll(/\$\{[^}:]*:-([^}]*)\}/g)].map(([, fallback = ""]) => fallback);
}

function secretsOfAddress(url: string): string[] {
  const query = url.split("?")[1] ?? "";
  const named = [...query.matchAll(/([^&=#]+)=([^&#]*)/g)].filter(([, name = ""]) => isSecretName(name));
  return [...secretsOf({ url }).filter((text) => text !== url), ...named.map(([, , value = ""]) => value)];
}

/** `--api-key abc` and `--api-key=abc`. */
function secretsOfArguments(args: readonly Value[]): string[] {
  return args.flatMap((each, at) => {
    if (typeof each !== "string") return [];
    const [name = "", ...rest] = each.split("=");
    if (rest.length > 0) return /^-|^[A-Z_]+$/.test(name) && isSecretName(name) ? [rest.join("=")] : [];
    const next = args[at + 1];
    const isOption = each.startsWith("-") && isSecretName(each);
    return isOption && typeof next === "string" && !next.startsWith("-") ? [next] : [];
  });
}

function textsOf(value: Value | undefined): [string, string][] {
  if (value === undefined || !isObject(value)) return [];
  return Object.entries(value).flatMap(([name, text]): [string, string][] =>
    typeof text === "string" ? [[name, text]] : typeof text === "number" ? [[name, String(text)]] : [],
  );
}

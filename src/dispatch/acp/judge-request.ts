import { fieldsField, listField, textField, type Fields } from "../stream/fields.ts";
import type { AcpPlan } from "./acp-plan.ts";
import type { AgentRequest } from "./acp-state.ts";
import { outputsServer, outputsTool, plainName, serverTool, toolNames } from "./tool-names.ts";

export type Verdict = "allow" | "deny" | "ask";

type Rules = Pick<AcpPlan, "allowed" | "denied" | "permissions" | "serverNames">;

/** What becomes of a call that the agent asks for. It follows from the call and the rules alone. */
export function judgeRequest({ params }: Pick<AgentRequest, "params">, rules: Rules): Verdict {
  const call = fieldsField(params, "toolCall");
  const names = namesOf(call, rules.serverNames);
  const kind = textField(call, "kind");
  const fits = (rule: string): boolean => matches(rule, names, kind, rules.serverNames);
  if (names.some(handsIn)) return "allow";
  if (rules.denied.some((rule) => fits(withoutBrackets(rule)))) return "deny";
  if (rules.allowed.some((rule) => !hasBrackets(rule) && fits(rule))) return "allow";
  return rules.permissions === "ask" ? "ask" : "deny";
}

/**
 * opencode names the tools of servers in the title alone. Other titles may be the model's own words, so that only one
 * that names a server of the session counts.
 */
function namesOf(call: Fields | null, servers: readonly string[]): string[] {
  const names = toolNames(call);
  const title = textField(call, "title") ?? "";
  const isNamed = textField(call, "kind") === "other" && /^[\w-]+$/.test(title);
  return names.length === 0 && isNamed && serverTool(title, servers) !== null ? [title] : names;
}

/** Outputs are always taken. */
function handsIn(name: string): boolean {
  const found = serverTool(name, [outputsServer]);
  return found?.tool === outputsTool || name === outputsTool;
}

/** What stands in brackets is for Claude Code's own parser of commands: nothing here can tell whether it holds. */
export function hasBrackets(rule: string): boolean {
  return rule.includes("(");
}

function withoutBrackets(rule: string): string {
  return rule.replace(/\(.*$/, "");
}

function matches(
  rule: string,
  names: readonly string[],
  kind: string | null,
  servers: readonly string[],
): boolean {
  const wanted = plainName(rule);
  if (names.some((name) => plainName(name) === wanted)) return true;
  if (wanted.startsWith("mcp_")) return names.some((name) => fitsServer(wanted, name, servers));
  return kind !== null && (wanted === kind || (kindsOf[wanted] ?? []).includes(kind));
}

/** `mcp__tickets` is every tool of a server, `mcp__tickets__search` is one. */
function fitsServer(wanted: string, name: string, servers: readonly string[]): boolean {
  const found = serverTool(name, servers);
  if (found === null) return false;
  return wanted === `mcp_${found.server}` || wanted === `mcp_${found.server}_${found.tool}`;
}

/** The kinds of the protocol that Claude Code's names stand for, so that its agent files work with other agents. */
const kindsOf: Readonly<Record<string, readonly string[]>> = {
  read: ["read"],
  grep: ["search"],
  glob: ["search"],
  ls: ["search"],
  edit: ["edit"],
  multiedit: ["edit"],
  write: ["edit"],
  notebookedit: ["edit"],
  bash: ["execute"],
  webfetch: ["fetch"],
  websearch: ["fetch"],
};

/** The option of a request that says just this once; null where there is none. What holds for ever is not chosen. */
export function chosenOption({ params }: Pick<AgentRequest, "params">, allows: boolean): string | null {
  const once = (kind: string): string | null => {
    const option = listField(params, "options").find((each) => textField(each, "kind") === kind);
    return textField(option ?? null, "optionId");
  };
  return (allows ? once("allow_once") : null) ?? once("reject_once");
}

/** The name of a request for people: the agent's id of it. */
export function requestName({ id }: Pick<AgentRequest, "id">): string {
  return String(id);
}

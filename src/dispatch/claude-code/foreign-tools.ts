import { textsOf } from "../texts-of.ts";
import type { KeyNote, KeyRequest } from "../key-notes.ts";

/** claude's own tools begin with a capital; `mcp:` and `skill:` are references of skillmeat. */
const rule = /^(?:mcp__\S+|mcp:.+|skill:.+|\*|[A-Z]\w*(?:\(.*\))?)$/s;
const mostNamed = 3;

/** Notes on rules that name no tool of claude, such as those of files that were written for an editor. */
export function foreignTools({ agent, tools }: KeyRequest): KeyNote[] {
  const ofFile = agent?.tools ?? [];
  const denied = textsOf(agent?.settings?.["disallowedTools"]);
  return [
    ...describe("tools", ofFile, "allow"),
    ...describe(
      "tools",
      tools.filter((tool) => !ofFile.includes(tool)),
      "allow",
    ).map((note) => ({ ...note, isOfStage: true })),
    ...describe("disallowedTools", denied, "deny"),
  ];
}

function describe(key: string, rules: readonly string[], verb: "allow" | "deny"): KeyNote[] {
  const foreign = rules.filter((each) => !rule.test(each));
  if (foreign.length === 0) return [];
  const named = foreign.slice(0, mostNamed).map((each) => JSON.stringify(each.slice(0, 80)));
  const more = foreign.length > mostNamed ? ` and ${foreign.length - mostNamed} more` : "";
  const says =
    `has ${named.join(", ")}${more}, which claude does not know as tools and which ${verb} nothing. ` +
    "write tools of Claude Code, such as Read, Bash(npm test:*) or mcp__server__tool";
  return [{ key, says }];
}

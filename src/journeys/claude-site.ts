import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeFakeClaude } from "../testing/fake-claude.ts";
import type { Site, sites } from "./ui-browser.ts";

const definition = `workflow: { id: code, name: Write code }
error_policy:
  default_retry: { max_attempts: 1 }
stages:
  - id: build
    name: Build it
    roles: { primary: agent:coder }
`;

export interface ClaudeSite {
  place: Site;
  /** Lets it print its next part. */
  next(): void;
}

/**
 * A server whose claude prints these parts, each after the first once it is told to. It has the workflow `code`, whose
 * one stage is `build`.
 */
export async function openClaudeSite(
  site: ReturnType<typeof sites>["site"],
  name: string,
  parts: readonly string[][],
  variables: Record<string, string> = {},
): Promise<ClaudeSite> {
  const folder = mkdtempSync(join(tmpdir(), "skillmeat-claude-"));
  const script = parts.map((lines, at) => {
    const file = join(folder, `part-${at}`);
    writeFileSync(file, `${lines.join("\n")}\n`);
    const wait = at === 0 ? "" : `until [ -e "${folder}/go-${at}" ]; do sleep 0.02; done; `;
    return `${wait}cat "${file}"`;
  });
  const { bin } = makeFakeClaude(folder, script.join("\n"));
  const env = { PATH: `${bin}:${process.env["PATH"] ?? ""}`, ...variables };
  const place = await site(name, [definition], [], env);
  place.journey.write(".claude/agents/coder.md", "---\nname: coder\ndescription: Writes code\n---\nCode.\n");
  let told = 0;
  return { place, next: () => writeFileSync(join(folder, `go-${++told}`), "") };
}

import type { Finding } from "../../../src/workflow/finding.ts";
import type { SourceNode } from "../../../src/workflow/source-node.ts";
import { Icon } from "../../components/icon.tsx";
import type { Html } from "../../jsx/jsx-runtime.ts";

/** What the fields of one form are about. */
export interface FormScope {
  /** Begins the ids of its fields. */
  id: string;
  /** The node whose fields these are; null when it is not there. */
  node: SourceNode | null;
  /** The node's own place, such as `stages[2].`; "" for the whole. */
  place: string;
  findings: readonly Finding[];
  /** Findings that stand at a field; whoever draws the form shows the others. */
  shown: Set<Finding>;
}

/** The findings at a field or inside it; they count as shown. */
export function findingsAt({ place, findings, shown }: FormScope, names: readonly string[]): Finding[] {
  const paths = names.map((name) => place + name);
  const found = findings.filter(({ path }) =>
    paths.some(
      (each, at) =>
        path === each || (at === 0 && (path.startsWith(`${each}.`) || path.startsWith(`${each}[`))),
    ),
  );
  for (const finding of found) shown.add(finding);
  return found;
}

export function Problems({ id, findings }: { id?: string; findings: readonly Finding[] }): Html {
  if (findings.length === 0) return <></>;
  return (
    <ul class="problems" id={id}>
      {findings.map(({ severity, message, hint }) => (
        <li class={severity === "error" ? "failed" : "paused"}>
          <Icon name={severity === "error" ? "circle-x" : "triangle-alert"} size="s" />
          <span>
            <span class="vh">{severity === "error" ? "Error: " : "Warning: "}</span>
            {message}
            {hint === null ? null : <small class="finding-hint">{` ${hint}`}</small>}
          </span>
        </li>
      ))}
    </ul>
  );
}

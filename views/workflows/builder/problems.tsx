import type { SourceNode } from "../../../src/workflow/source-node.ts";
import { Icon } from "../../components/icon.tsx";
import type { IconName } from "../../components/icon-names.ts";
import type { Html } from "../../jsx/jsx-runtime.ts";
import type { ShownFinding } from "./form-words.ts";

/** What the fields of one form are about. */
export interface FormScope {
  /** Begins the ids of its fields. */
  id: string;
  /** The node whose fields these are; null when it is not there. */
  node: SourceNode | null;
  /** The node's own place, such as `stages[2].`; "" for the whole. */
  place: string;
  findings: readonly ShownFinding[];
  /** Findings that stand at a field; whoever draws the form shows the others. */
  shown: Set<ShownFinding>;
}

/** The findings at a field or inside it; they count as shown. */
export function findingsAt({ place, findings, shown }: FormScope, names: readonly string[]): ShownFinding[] {
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

export function Problems({ id, findings }: { id?: string; findings: readonly ShownFinding[] }): Html {
  if (findings.length === 0) return <></>;
  return (
    <ul class="problems" id={id}>
      {findings.map(({ tone, form: { message, hint } }) => (
        <li class={tone}>
          <Icon name={tones[tone].icon} size="s" />
          <span>
            <span class="vh">{tones[tone].word}</span>
            {message}
            {hint === null ? null : <small class="finding-hint">{` ${hint}`}</small>}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** How each is shown, and read aloud. */
export const tones: Readonly<Record<ShownFinding["tone"], { icon: IconName; word: string }>> = {
  failed: { icon: "circle-x", word: "Error: " },
  paused: { icon: "triangle-alert", word: "Warning: " },
  needed: { icon: "circle-dashed", word: "Still needed: " },
};

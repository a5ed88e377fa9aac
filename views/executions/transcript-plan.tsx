import { Icon } from "../components/icon.tsx";
import type { IconName } from "../components/icon-names.ts";
import { visible } from "../components/visible.ts";
import type { Html } from "../jsx/jsx-runtime.ts";

interface PlanEntry {
  text: string;
  status: string;
}

export function PlanList({ entries }: { entries: readonly PlanEntry[] }): Html {
  return (
    <ul class="plan-list">
      {entries.map(({ text, status }) => (
        <li class={lookOf(status).name}>
          <Icon name={lookOf(status).icon} size="s" />
          <span class="vh">{`${lookOf(status).word}: `}</span>
          <span>{visible(text)}</span>
        </li>
      ))}
    </ul>
  );
}

/** `3 of 7 done`, and what is under way. */
export function planText(entries: readonly PlanEntry[]): { done: string; now: string | null } {
  const done = entries.filter(({ status }) => status === "completed").length;
  const now = entries.find(({ status }) => status === "in_progress")?.text ?? null;
  return { done: `${done} of ${entries.length} done`, now };
}

/** Agents that know other words mean one of these; a status that is not known is shown as not begun. */
function lookOf(status: string): { name: string; word: string; icon: IconName } {
  if (status === "completed") return { name: "done", word: "done", icon: "circle-check" };
  if (status === "in_progress") return { name: "now", word: "under way", icon: "circle-play" };
  if (status === "cancelled") return { name: "dropped", word: "dropped", icon: "ban" };
  return { name: "to-do", word: "to do", icon: "circle-dashed" };
}

import type { AgentRuns } from "../../src/execution/agent-runs.ts";
import { Icon } from "../components/icon.tsx";
import { costText, plural } from "../components/usage-text.ts";
import type { Html } from "../jsx/jsx-runtime.ts";

/** What an agent's file makes it. */
export interface AgentFacts {
  dispatcher: string;
  /** Null: its program uses a model of its own. */
  model: string | null;
  tools: readonly string[];
}

export interface AgentDetails {
  /** Why it is no agent's file, instead of what it is. */
  facts: AgentFacts | { broken: string };
  /** Null: it has not run. */
  runs: AgentRuns | null;
}

const shownTools = 12;

export function AgentLines({ details, hasRuns }: { details: AgentDetails; hasRuns: boolean }): Html {
  const { facts, runs } = details;
  return (
    <>
      {"broken" in facts ? (
        <div class="notice failed">
          <Icon name="circle-x" />
          <p>{facts.broken}</p>
        </div>
      ) : (
        <p class="facts">
          <span>
            <Icon name="terminal" size="s" />
            {facts.dispatcher}
          </span>
          <span>
            <Icon name="sparkles" size="s" />
            {facts.model ?? "its program's own model"}
          </span>
          <Tools tools={facts.tools} />
        </p>
      )}
      {hasRuns ? <Runs runs={runs} /> : null}
    </>
  );
}

function Tools({ tools }: { tools: readonly string[] }): Html {
  const more = tools.length - shownTools;
  const shown = tools.slice(0, shownTools).join(", ");
  return (
    <span class={tools.length === 0 ? null : "long"}>
      <Icon name="wrench" size="s" />
      {tools.length === 0 ? "no tools named" : <code>{more > 0 ? `${shown} and ${more} more` : shown}</code>}
    </span>
  );
}

function Runs({ runs }: { runs: AgentRuns | null }): Html {
  if (runs === null) return <p class="muted">Not run in the last 30 days</p>;
  const ended = runs.completed + runs.failed;
  const rate = ended === 0 ? "none has ended" : `${Math.floor((runs.completed / ended) * 100)}% succeeded`;
  return (
    <p class="facts">
      <span>
        <Icon name="circle-play" size="s" />
        {`${plural(runs.runs, "run")} in 30 days`}
      </span>
      <span>
        <Icon name={runs.failed > 0 ? "triangle-alert" : "circle-check"} size="s" />
        {rate}
      </span>
      <span>
        <Icon name="coins" size="s" />
        {moneyText(runs)}
      </span>
    </p>
  );
}

/** A cost that is not known is never shown as none. */
function moneyText({ cost_micro_usd, hasUnknownCost }: AgentRuns): string {
  const tokens = { input: 0, cache_read: 0, cache_write: 0, output: 0 };
  const known = costText({ ...tokens, cost_micro_usd, basis: "reported" }) ?? "$0.00";
  if (!hasUnknownCost) return known;
  return cost_micro_usd === 0 ? "cost unknown" : `${known} and more at an unknown cost`;
}

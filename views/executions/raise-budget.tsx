import { higherLimit, limitText, usedUpLimits, type LimitUse } from "../../src/execution/budget.ts";
import type { ExecutionRecord } from "../../src/execution/record.ts";
import { shortId } from "../../src/execution/short-id.ts";
import { Icon } from "../components/icon.tsx";
import type { Html } from "../jsx/jsx-runtime.ts";
import { executionPath } from "../paths.ts";

/** The limits without which a paused execution cannot go on; none for one that may go on as it is. */
export function limitsToRaise({
  pause_reason,
  budget,
  usage,
}: Pick<ExecutionRecord, "pause_reason" | "budget" | "usage">): LimitUse[] {
  return pause_reason === "budget" ? usedUpLimits(budget, usage) : [];
}

/** What to do when nothing more may be spent: a form that raises the budget and lets the execution go on. */
export function RaiseBudget({ execution }: { execution: ExecutionRecord }): Html {
  const uses = limitsToRaise(execution);
  if (uses.length === 0) return <></>;
  const action = executionPath(execution.workflow_slug, execution.run_id, "resume");
  const options = uses.map((use) => ` --budget ${use.limit}=${higherLimit(use)}`).join("");
  return (
    <form
      id="run-raise"
      class="run-raise"
      method="post"
      action={action}
      hx-post={action}
      hx-swap="none"
      data-holds-focus
    >
      <p id="run-raise-why">{`The budget is used up: ${uses.map(limitText).join(", ")}.`}</p>
      {uses.map((use, at) => (
        <Limit use={use} isFirst={at === 0} />
      ))}
      <button class="btn sm" data-action="raise" data-becomes="Resuming…">
        <Icon name="play" size="s" />
        <span>Raise and resume</span>
      </button>
      <p class="muted desk">
        <code>{`skillmeat workflow resume ${shortId(execution.run_id)}${options}`}</code>
      </p>
    </form>
  );
}

const labels = { usd: "Dollars in all", tokens: "Tokens in all" } as const;

function Limit({ use, isFirst }: { use: LimitUse; isFirst: boolean }): Html {
  const id = `run-raise-${use.limit}`;
  return (
    <>
      <label for={id}>{labels[use.limit]}</label>
      <input
        class="text num"
        id={id}
        name={use.limit}
        value={String(higherLimit(use))}
        inputmode={use.limit === "usd" ? "decimal" : "numeric"}
        autocomplete="off"
        required
        data-key={isFirst ? "b" : null}
        aria-describedby="run-raise-why"
      />
    </>
  );
}

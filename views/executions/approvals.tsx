import { EmptyState } from "../components/empty-state.tsx";
import { executionName } from "../components/execution-name.ts";
import { plural } from "../components/usage-text.ts";
import type { Frame } from "../layout/frame.ts";
import { page } from "../layout/page.tsx";
import { executionPath, executionsPath, withQuery } from "../paths.ts";
import { GateDialogs } from "./gate-dialogs.tsx";
import { GateBox, type WaitingGate } from "./gates.tsx";

export interface Approval {
  gate: WaitingGate;
  workflowName: string;
}

/** Every gate that waits, the one that waits longest first. Who has decided one is led to the next. */
export function approvalsPage(frame: Frame, approvals: readonly Approval[]): string {
  const hasDecided = frame.toast !== null;
  return page({
    frame,
    facts: { title: "Approvals", section: "approvals" },
    children: (
      <main id="main" class="scroll" tabindex="-1">
        <div
          id="list"
          class="sheet"
          hx-get={frame.url}
          hx-trigger="changed from:body"
          hx-select="#list"
          hx-swap="outerMorph"
        >
          {approvals.length === 0 ? (
            <EmptyState icon="inbox" title="Nothing waits for you" hasFocus={hasDecided}>
              <p>
                A gate is a stage where a person decides. Those that wait are listed here, of all workflows.
              </p>
              <a class="btn" href={executionsPath}>
                See the executions
              </a>
            </EmptyState>
          ) : (
            <p class="muted" role="status">{`${plural(approvals.length, "gate")} waiting`}</p>
          )}
          {approvals.map(({ gate, workflowName }, at) => (
            <article class="approval">
              <h2>
                <a href={runAt(gate)}>{`${workflowName} ${executionName(gate.execution.run_id)}`}</a>
              </h2>
              <GateBox gate={gate} isFirst={hasDecided && at === 0} />
              <GateDialogs gate={gate} />
            </article>
          ))}
        </div>
      </main>
    ),
  });
}

function runAt({ execution, step }: WaitingGate): string {
  return withQuery(executionPath(execution.workflow_slug, execution.run_id), { stage: step.stage_id });
}

import type { StepRecord } from "../../src/execution/record.ts";
import { StateIcon } from "../components/badge.tsx";
import { stepState } from "../components/state.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { stageKind } from "../../src/workflow/stage-kind.ts";

interface NextGatesProps {
  steps: readonly StepRecord[];
  /** True: the run has ended, so no gate will be asked any more. */
  isOver: boolean;
}

/** Where people decide in this run, while nobody has to: what was decided, and what is still to come. */
export function NextGates({ steps, isOver }: NextGatesProps): Html {
  const gates = steps.filter(({ type }) => stageKind(type).isDecided);
  return (
    <div class="next-gates" tabindex="0" role="group" aria-label="Gates of this run">
      <p>{isOver ? "No gate waits any more." : "No gate waits. Those of this run appear here."}</p>
      <ul>
        {gates.map((step) => (
          <li class={stepState(step).mark}>
            <StateIcon mark={stepState(step).mark} size="s" />
            <span>{`${step.stage_name}: ${decisionText(step)}`}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function decisionText(step: StepRecord): string {
  if (step.status === "pending") return "not yet asked";
  const word = stepState(step).word.toLowerCase();
  return step.decided_by === null ? word : `${word} by ${step.decided_by}`;
}

import type { BudgetChange } from "../../execution/budget.ts";
import { resumeSignal } from "../../operation/resume-execution.ts";
import { refuseInsideAttempt } from "../inside-attempt.ts";
import { readBudget } from "../read-budget.ts";
import { signalExecution, type ExecutionControl } from "../../operation/signal-execution.ts";
import { isDriven } from "../../operation/is-driven.ts";
import { runWords } from "../terminal/command-words.ts";
import type { ExecutionRecord } from "../../execution/record.ts";
import { hasEnded } from "../../execution/status.ts";
import { AppError } from "../../errors.ts";
import { findRun } from "../find-execution.ts";
import type { CommandRun, Invocation } from "../command.ts";
import { startDetached } from "../detached.ts";
import type { ExitCode } from "../exit-code.ts";
import { followElsewhere } from "../follow-elsewhere.ts";
import { runInForeground } from "../foreground.ts";
import { withStore } from "../open-home.ts";
import { sendSignal, withControl } from "../send-signal.ts";
import { takeOver } from "../take-over.ts";

/** Resumes a paused execution where it is driven, or takes it over when nobody drives it any more. */
export const run: CommandRun = async (invocation) => {
  const budget = readBudget(invocation.given);
  if (budget !== null) refuseInsideAttempt(invocation, "change a budget");
  const { record, driven } = await withStore(invocation.home, (store) => {
    const found = findRun(store, invocation.given.argument(0));
    return { record: found, driven: isDriven(store, found.run_id) };
  });
  if (hasEnded(record.status)) {
    throw new AppError(
      "conflict",
      `execution "${record.run_id}" is ${record.status}. ${runWords(invocation, "rerun", record.run_id)} ` +
        `starts it again`,
    );
  }
  return driven ? resumeElsewhere(invocation, record, budget) : resumeHere(invocation, record, budget);
};

function resumeHere(
  invocation: Invocation,
  { run_id }: ExecutionRecord,
  budget: BudgetChange | null,
): Promise<ExitCode> {
  if (invocation.given.flag("detach"))
    return startDetached(invocation, { kind: "take-over", run_id, budget });
  return runInForeground(invocation, (control) => takeOver(control, run_id, budget));
}

function resumeElsewhere(
  invocation: Invocation,
  { run_id, last_event }: ExecutionRecord,
  budget: BudgetChange | null,
): Promise<ExitCode> {
  return withStore(invocation.home, async (store) => {
    const resume = (control: ExecutionControl) => signalExecution(control, run_id, resumeSignal(budget));
    if (invocation.given.flag("detach")) return sendSignal(invocation, store, run_id, resume);
    await withControl(invocation, store, resume);
    return followElsewhere(invocation, store, run_id, last_event);
  });
}

import { executionStatuses, hasEnded, type ExecutionStatus } from "../../execution/status.ts";
import { shortId } from "../../execution/short-id.ts";
import { AppError } from "../../errors.ts";
import type { Store } from "../../store/database.ts";
import { getSteps } from "../../store/executions.ts";
import { findRun } from "../find-execution.ts";
import { listExecutions, type ExecutionFilter } from "../../store/list-executions.ts";
import { executionsOf } from "../../operation/executions-of.ts";
import type { CommandRun, Invocation } from "../command.ts";
import { exitCodes, exitOfRun, type ExitCode } from "../exit-code.ts";
import { followElsewhere } from "../follow-elsewhere.ts";
import { showEnded } from "../foreground.ts";
import { withStore } from "../open-home.ts";
import { sayUndriven } from "../terminal/warn-undriven.ts";
import { describeRuns } from "../../operation/describe-execution.ts";
import { waitingGates, waitingRuns } from "../../operation/waiting-gates.ts";
import { gateLines } from "../terminal/gate-lines.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { runTable } from "../terminal/execution-table.ts";
import { showLogs } from "../terminal/show-logs.ts";

export const run: CommandRun = (invocation) =>
  withStore(invocation.home, (store) => {
    const prefix = invocation.given.optionalArgument(0);
    return prefix === null ? listRuns(invocation, store) : oneRun(invocation, store, prefix);
  });

async function oneRun(invocation: Invocation, store: Store, prefix: string): Promise<ExitCode> {
  const { given, output } = invocation;
  const record = findRun(store, prefix);
  const { run_id, status } = record;
  refuseUnknownStage(store, run_id, given.text("stage"));
  if (given.flag("follow") && !hasEnded(status)) {
    return followElsewhere(invocation, store, run_id, given.flag("logs") ? 0 : record.last_event);
  }
  if (given.flag("logs")) showLogs(invocation, store, record);
  else {
    if (given.text("format") !== "json") output.line(`run ${shortId(run_id)} (${run_id})`);
    showEnded(invocation, store, run_id, { withSteps: true, isTold: false });
    if (given.text("format") !== "json") {
      for (const gate of waitingGates(store, record))
        output.line(gateLines(invocation, gate, Date.now()).join("\n"));
    }
    sayUndriven(invocation, store, run_id);
  }
  return exitOfRun(record, given.flag("require-success"));
}

function refuseUnknownStage(store: Store, runId: string, stageId: string | null): void {
  if (stageId === null || getSteps(store, runId).some((step) => step.stage_id === stageId)) return;
  throw new AppError("not_found", `execution "${runId}" has no stage "${stageId}"`);
}

async function listRuns(invocation: Invocation, store: Store): Promise<ExitCode> {
  const { given, output } = invocation;
  for (const option of ["logs", "follow", "require-success"]) {
    if (given.flag(option)) throw new AppError("invalid_usage", `--${option} needs a run id`);
  }
  if (given.text("stage") !== null) throw new AppError("invalid_usage", "--stage needs a run id");
  const named = given.text("workflow");
  const filter = named === null ? {} : executionsOf({ home: invocation.home, store }, named);
  if (given.flag("waiting")) return listWaiting(invocation, store, filter);
  const page = listExecutions(store, {
    ...filter,
    status: statusOf(given.text("status")),
    limit: given.whole("limit", { least: 1, most: 100 }) ?? 20,
    cursor: given.text("cursor"),
  });
  if (page.damaged) output.note(`${page.damaged} damaged and left out: "skillmeat doctor" names them`);
  if (given.text("format") === "json") {
    output.json({ ...page, items: describeRuns(store, page.items) });
    return exitCodes.done;
  }
  if (page.items.length === 0) output.note("no executions");
  else output.line(runTable(store, page.items, { output, nowMs: Date.now() }).join("\n"));
  if (page.next_cursor !== null) output.note(`more: --cursor ${page.next_cursor}`);
  return exitCodes.done;
}

/** The open gates of all executions: a person looks here for what waits for them. */
function listWaiting(invocation: Invocation, store: Store, filter: ExecutionFilter): ExitCode {
  const { given, output } = invocation;
  const runs = waitingRuns(store, filter);
  if (given.text("format") === "json") {
    const items = describeRuns(
      store,
      runs.map(({ record }) => record),
    );
    output.json({ items, next_cursor: null, prev_cursor: null, has_more: false, total_count: items.length });
    return exitCodes.done;
  }
  const gates = runs.flatMap(({ record, gates: open }) => open.map((gate) => ({ record, gate })));
  if (gates.length === 0) output.note("no gate waits for anybody");
  for (const { record, gate } of gates.toSorted((x, y) => x.gate.since.localeCompare(y.gate.since))) {
    output.line(plainLine(`run ${shortId(record.run_id)} of ${record.workflow_name}`));
    output.line(gateLines(invocation, gate, Date.now()).join("\n"));
  }
  return exitCodes.done;
}

function statusOf(text: string | null): ExecutionStatus | null {
  return executionStatuses.find((status) => status === text) ?? null;
}

import { statSync } from "node:fs";
import type { Engine } from "../../engine/engine.ts";
import type { StoredEvent } from "../../execution/event.ts";
import { durationSeconds } from "../../execution/view.ts";
import { executionStatuses, stepStatuses, type StepStatus } from "../../execution/status.ts";
import { countLiveSteps } from "../../store/count-steps.ts";
import type { Store } from "../../store/database.ts";
import { countByStatus } from "../../store/execution-counts.ts";
import { getExecution } from "../../store/executions.ts";

/** Values that are counted while the server runs, or read from the database when somebody asks. */
export interface Metrics {
  request(method: string, status: number): void;
  /** Prometheus' text format. `readers`: how many streams are open. */
  text(readers: number): string;
}

const buckets = [0.1, 1, 5, 15, 60, 300, 900, 3600, 14_400];

/** Counts from here on: made with the engine, however much later somebody asks. */
export function createMetrics(store: Store, engine: Pick<Engine, "subscribe">): Metrics {
  const requests = new Map<string, number>();
  const work = countWork(store, engine);
  return {
    request: (method, status) => count(requests, `method="${method}",status="${status}"`),
    text: (readers) =>
      [
        storedText(store),
        work.text(),
        metric("skillmeat_sse_readers", "gauge", "Open event streams.", [["", readers]]),
        metric("skillmeat_http_requests_total", "counter", "Answered requests.", [...requests]),
        metric("process_resident_memory_bytes", "gauge", "Resident memory.", [
          ["", process.memoryUsage.rss()],
        ]),
      ].join(""),
  };
}

function storedText(store: Store): string {
  const executions = countByStatus(store);
  const live = countLiveSteps(store);
  const liveHelp = "Steps of executions that have not ended, by status; pending ones queue.";
  return [
    metric(
      "skillmeat_executions",
      "gauge",
      "Executions in the database, by status.",
      executionStatuses.map((status) => labelSample("status", status, executions.get(status) ?? 0)),
    ),
    metric(
      "skillmeat_live_steps",
      "gauge",
      liveHelp,
      stepStatuses.map((status) => labelSample("status", status, live.get(status) ?? 0)),
    ),
    metric("skillmeat_database_bytes", "gauge", "Size of the database with its log.", [
      ["", databaseBytes(store.path)],
    ]),
  ].join("");
}

/** What this process's engine has ended, and how long that took. */
function countWork(store: Store, engine: Pick<Engine, "subscribe">): { text(): string } {
  const executions = new Map<string, number>();
  const attempts = new Map<string, number>();
  const executionTimes = createHistogram();
  const attemptTimes = createHistogram();
  const startedAt = new Map<string, string>();
  const endAttempt = (event: StoredEvent, status: StepStatus): void => {
    const key = attemptKey(event);
    attemptTimes.observe(durationSeconds(startedAt.get(key) ?? null, event.at));
    startedAt.delete(key);
    count(attempts, status);
  };
  const take = (event: StoredEvent): void => {
    switch (event.type) {
      case "stage_started":
        // Executions that another process took over never end here.
        if (startedAt.size > mostStarted) startedAt.clear();
        startedAt.set(attemptKey(event), event.at);
        return;
      case "stage_completed":
        return endAttempt(event, "completed");
      case "stage_failed":
      case "stage_retrying":
        return endAttempt(event, event.data.status);
      case "execution_completed": {
        count(executions, event.data.status);
        const { started_at, completed_at } = getExecution(store, event.run_id);
        executionTimes.observe(durationSeconds(started_at, completed_at));
      }
    }
  };
  engine.subscribe((events) => events.forEach(take));
  const ended = "this process has ended, by status.";
  return {
    text: () =>
      [
        metric("skillmeat_executions_ended_total", "counter", `Executions ${ended}`, byStatus(executions)),
        metric("skillmeat_attempts_ended_total", "counter", `Attempts ${ended}`, byStatus(attempts)),
        executionTimes.text("skillmeat_execution_duration_seconds", "From start to end of executions."),
        attemptTimes.text("skillmeat_attempt_duration_seconds", "From start to end of attempts."),
      ].join(""),
  };
}

const mostStarted = 10_000;

function attemptKey({ run_id, stage_id, attempt }: StoredEvent): string {
  return `${run_id}/${stage_id}/${attempt}`;
}

type Sample = readonly [labels: string, value: number];

function metric(name: string, type: "gauge" | "counter", help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => `${name}${labels === "" ? "" : `{${labels}}`} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function labelSample(label: string, value: string, count: number): Sample {
  return [`${label}="${value}"`, count];
}

function byStatus(counts: ReadonlyMap<string, number>): Sample[] {
  return [...counts].map(([status, value]) => labelSample("status", status, value));
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function createHistogram() {
  const counts = buckets.map(() => 0);
  let sum = 0;
  let total = 0;
  return {
    /** Null: the value is unknown, and left out. */
    observe: (seconds: number | null): void => {
      if (seconds === null) return;
      buckets.forEach((most, at) => {
        if (seconds <= most) counts[at] = (counts[at] ?? 0) + 1;
      });
      sum += seconds;
      total += 1;
    },
    text: (name: string, help: string): string => {
      const lines = buckets.map((most, at) => `${name}_bucket{le="${most}"} ${counts[at]}\n`).join("");
      return (
        `# HELP ${name} ${help}\n# TYPE ${name} histogram\n${lines}` +
        `${name}_bucket{le="+Inf"} ${total}\n${name}_sum ${sum}\n${name}_count ${total}\n`
      );
    },
  };
}

function databaseBytes(path: string): number {
  return [path, `${path}-wal`].reduce(
    (bytes, file) => bytes + (statSync(file, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

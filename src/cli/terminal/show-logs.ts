import type { ExecutionRecord } from "../../execution/record.ts";
import { describeRun } from "../../operation/describe-execution.ts";
import type { Store } from "../../store/database.ts";
import type { Invocation } from "../command.ts";
import { watchAsLines } from "./event-lines.ts";
import { drain } from "../follow-stored.ts";
import type { Watcher } from "./watcher.ts";

/** The log lines there are, of all stages or one: text, or `{execution, logs}`. */
export function showLogs({ given, output }: Invocation, store: Store, record: ExecutionRecord): void {
  const stageId = given.text("stage");
  if (given.text("format") !== "json") {
    drain(store, record.run_id, 0, onlyLogs(watchAsLines(output.line, output.paint), stageId));
    return;
  }
  const logs: unknown[] = [];
  const kept: Watcher = {
    take: (events) => {
      for (const event of events) {
        if (event.type !== "log_line") continue;
        const { seq, stage_id, attempt, at, data } = event;
        logs.push({ seq, stage_id, attempt, at, ...data });
      }
    },
    close: () => {},
  };
  drain(store, record.run_id, 0, onlyLogs(kept, stageId));
  output.json({ execution: describeRun(store, record.run_id), logs });
}

/** A watcher that sees only log lines, of one stage or of all. */
export function onlyLogs(watcher: Watcher, stageId: string | null): Watcher {
  return {
    take: (events) => {
      const ours = events.filter(
        ({ type, stage_id }) => type === "log_line" && (stageId === null || stage_id === stageId),
      );
      if (ours.length > 0) watcher.take(ours);
    },
    close: watcher.close,
  };
}

import { limitText, usedUpLimit } from "../../execution/budget.ts";
import type { ExecutionRecord } from "../../execution/record.ts";
import type { Invocation } from "../command.ts";
import { runWords } from "./command-words.ts";
import type { Watcher } from "./watcher.ts";

/** Notices that the execution is paused because its budget is used up. */
export function watchBudget(): { watcher: Watcher; isUsedUp: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const watcher: Watcher = {
    take: (events) => {
      const isOut = events.some(
        (event) => event.type === "execution_paused" && event.data.reason === "budget",
      );
      if (isOut) resolve();
    },
    close: () => {},
  };
  return { watcher, isUsedUp: promise };
}

/** Says on stderr that the budget is used up, and how to go on; nothing for any other execution. */
export function sayOutOfBudget(invocation: Invocation, record: ExecutionRecord): void {
  const use = record.pause_reason === "budget" ? usedUpLimit(record.budget, record.usage) : null;
  if (use === null || invocation.given.flag("events")) return;
  const words = runWords(invocation, "resume", record.run_id, "--budget", `${use.limit}=N`);
  invocation.output.note(`paused, because the budget is used up: ${limitText(use)}. raise it with: ${words}`);
}

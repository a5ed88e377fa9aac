/** A bug that is planted: this text of a file is replaced when the file is loaded. */
export interface Mutant {
  name: string;
  /** Path under `src`. */
  file: string;
  /** Stands in the file exactly once; a mutant that does not apply any more fails. */
  find: string;
  replace: string;
}

/** Bugs that an engine like ours can have. The simulator is as good as the ones of these that it finds. */
export const mutants: readonly Mutant[] = [
  {
    name: "accept a stale lease",
    file: "store/transitions.ts",
    find: "return store.prepare(bumpLease).run(runId, holderId).changes === 1;",
    replace: "return store.prepare(bumpLease).run(runId, holderId).changes >= 0;",
  },
  {
    name: "skip a commit",
    file: "engine/commit.ts",
    find: "const { lost } = commitTransitions(engine.store, pending.transitions);",
    replace: `const { created, updated } = pending.transitions;
    const skips = created.length === 0 && updated.every(({ answers, logs }) => answers.length + logs.length > 0);
    const { lost } = skips ? { lost: [] } : commitTransitions(engine.store, pending.transitions);`,
  },
  {
    name: "act before the commit",
    file: "engine/flush.ts",
    find: "const result = writePendingCommit(engine, pending);",
    replace: `for (const { execution, changes } of pending.written) {
    for (const effect of changes.effects.splice(0)) actOne(engine, execution, effect);
  }
  const result = writePendingCommit(engine, pending);`,
  },
  {
    name: "announce before the commit",
    file: "engine/flush.ts",
    find: "const result = writePendingCommit(engine, pending);",
    replace: "announce(engine, pending.written);\n  const result = writePendingCommit(engine, pending);",
  },
  {
    name: "acknowledge a signal before the commit",
    file: "engine/signal-desk.ts",
    find: "execution.changes.waiting.push({ done: () => resolve(answer), fail });",
    replace: "resolve(answer);\n    void fail;",
  },
  {
    name: "drop a deadline after a restart",
    file: "engine/hold-execution.ts",
    find: "} else if (!execution.timed.has(step)) engine.deadlines.set(key, null);",
    replace:
      '} else if (!execution.timed.has(step) || (step.record.recovered && status === "running")) return;',
  },
  {
    name: "drop the deadline of a wait",
    file: "machine/apply-deadline.ts",
    find: "else execution.held.add(step);",
    replace: "",
  },
  {
    name: "try again too soon",
    file: "machine/stage-machine.ts",
    find: "const due_at = new Date(atMs + delayMs).toISOString();",
    replace: "const due_at = new Date(atMs + delayMs / 2).toISOString();",
  },
  {
    name: "dispatch twice on recovery",
    file: "engine/flush.ts",
    find: 'const how = recovered ? "readopt" : "new";',
    replace: 'const how = "new" as const;',
  },
  {
    name: "ignore a pause",
    file: "machine/execution-state.ts",
    find: 'return execution.drives && phaseOf(execution) === "running";',
    replace: 'return execution.drives && ["running", "pausing", "paused"].includes(phaseOf(execution));',
  },
  {
    name: "go on when the budget is used up",
    file: "machine/watch-budgets.ts",
    find: "if (execution.unsettled > 0) pauseForBudget(execution, moment);",
    replace: "",
  },
  {
    name: "go on without more budget",
    file: "machine/apply-signal.ts",
    find: "if (usedUp) return answerUsedUp(execution, usedUp);",
    replace: "",
  },
  {
    name: "exceed max_parallel",
    file: "machine/step-queue.ts",
    find: "if (execution.running >= execution.blueprint.maxParallel) {",
    replace: "if (execution.running > execution.blueprint.maxParallel) {",
  },
  {
    name: "lose the answer to a signal",
    file: "engine/commit.ts",
    find: "answers: changes.answers,",
    replace: "answers: [],",
  },
  {
    name: "take a late result in",
    file: "machine/apply-result.ts",
    find: 'if (stopping === "cancel" || stopping === "execution_timeout") {',
    replace: 'if (stopping === "execution_timeout") {',
  },
  {
    name: "forget an event in the commit",
    file: "store/transitions.ts",
    find: "for (const event of update.events) writeEvent(store, event);",
    replace:
      'for (const event of update.events) if (event.type !== "execution_resumed") writeEvent(store, event);',
  },
  {
    name: "clear a result away before it is stored",
    file: "engine/flush.ts",
    find: "execution.changes.waiting.push({ done });",
    replace: "done();",
  },
  {
    name: "read log lines again after a crash",
    file: "store/transitions.ts",
    find: "store.prepare(moveOffsets).run(stdout, stderr, row.id, stage_id);",
    replace: "if (stdout === 0) store.prepare(moveOffsets).run(stdout, stderr, row.id, stage_id);",
  },
  {
    name: "forget who waits for a result that nobody needs any more",
    file: "engine/flush.ts",
    find: "if (hasEnded) for (const { done } of waiting) done();",
    replace: "if (hasEnded) return;",
  },
  {
    name: "show a reader an event twice",
    file: "store/feed.ts",
    find: "FROM events WHERE execution_id = ? AND seq > ? ORDER BY seq LIMIT ?)",
    replace: "FROM events WHERE execution_id = ? AND seq >= ? ORDER BY seq LIMIT ?)",
  },
  {
    name: "count time for an agent that is gone",
    file: "engine/durations.ts",
    find: "return livedMs === null ? 0 :",
    replace: "return livedMs === null ? Infinity :",
  },
  {
    name: "clear a result away before a passing command's cancel is stored",
    file: "engine/signal-desk.ts",
    find: "execution.changes.waiting.push({ done });",
    replace: "done();",
  },
  {
    name: "let an old deadline decide a new state",
    file: "engine/create-engine.ts",
    find: "if (step && step.leftMs !== null) continue;",
    replace: "",
  },
  {
    name: "store no time for an agent that cannot begin yet",
    file: "engine/durations.ts",
    find: "?? (isHeld ? step.plan.timeoutMs : 0);",
    replace: "?? (isHeld ? 0 : 0);",
  },
  {
    name: "leave alone what another process took and gave back",
    file: "engine/recover-all.ts",
    find: "!isDrivenHere(engine, runId)",
    replace: "!engine.live.has(runId)",
  },
  {
    name: "count time for an agent that nobody follows yet",
    file: "engine/hold-execution.ts",
    find: "execution.steps.filter(isWaiting)",
    replace: "execution.steps.filter((step) => isWaiting(step) || true)",
  },
];

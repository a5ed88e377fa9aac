import { expect, test } from "bun:test";
import type { Signal } from "../execution/signal.ts";
import { aNewExecution } from "../testing/an-execution.ts";
import { openTestStore } from "../testing/open-test-store.ts";
import type { Store } from "./database.ts";
import { registerHolder } from "./leases.ts";
import { pendingSignals, postSignal, signalAnswer } from "./signals.ts";
import { commitTransitions } from "./transitions.ts";

const at = "2026-01-02T03:04:05.006Z";

function aRunOf(store: Store, holder: string): string {
  registerHolder(store, {
    id: holder,
    pid: 1,
    process_start: "1",
    boot_id: "b",
    kind: "run",
    heartbeat_at: at,
  });
  const created = aNewExecution();
  commitTransitions(store, { holder_id: holder, created: [created], updated: [] });
  return created.execution.record.run_id;
}

const approve: Signal = { type: "approve", stage_id: "gate", actor: "me", comment: "'; --" };

test("a holder sees the signals of its own executions, in the order of posting", () => {
  const store = openTestStore();
  const mine = aRunOf(store, "mine");
  const others = aRunOf(store, "other");
  const posted = [approve, { type: "pause" }, { type: "cancel", reason: null }] as const;
  // Ids and times against the order, which must not matter.
  const ids = ["c", "b", "a"];
  posted.forEach((signal, index) => {
    postSignal(store, { id: ids[index] ?? "", run_id: mine, signal, created_at: at });
  });
  postSignal(store, { id: "theirs", run_id: others, signal: { type: "resume" }, created_at: at });
  expect(pendingSignals(store, "mine")).toEqual(
    posted.map((signal, index) => ({ id: ids[index] ?? "", run_id: mine, signal })),
  );
  expect(pendingSignals(store, "other").map(({ id }) => id)).toEqual(["theirs"]);
  expect(pendingSignals(store, "nobody")).toEqual([]);
});

test("a signal waits for its answer, and one for no execution is refused", () => {
  const store = openTestStore();
  const run_id = aRunOf(store, "mine");
  postSignal(store, { id: "s", run_id, signal: approve, created_at: at });
  expect(signalAnswer(store, "s")).toBeNull();
  expect(() => signalAnswer(store, "t")).toThrow('there is no signal "t"');
  expect(() => postSignal(store, { id: "t", run_id: "none", signal: approve, created_at: at })).toThrow(
    'there is no execution "none"',
  );
});

test.each([
  "{",
  "[]",
  "3",
  "null",
  '{"type":"explode"}',
  '{"type":"approve","stage_id":3}',
  '{"type":"cancel"}',
])("a signal that says %s is damaged, and hides no other", (text) => {
  const store = openTestStore();
  const run_id = aRunOf(store, "mine");
  for (const id of ["broken", "whole"]) {
    postSignal(store, { id, run_id, signal: { type: "pause" }, created_at: at });
  }
  store.sqlite.run("UPDATE signals SET signal_json = ? WHERE id = 'broken'", [text]);
  expect(pendingSignals(store, "mine")).toEqual([
    { id: "broken", run_id, signal: null },
    { id: "whole", run_id, signal: { type: "pause" } },
  ]);
});

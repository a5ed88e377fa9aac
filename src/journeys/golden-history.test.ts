import { describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoredEvent } from "../execution/event.ts";
import type { ExecutionView } from "../execution/view.ts";
import { openStore, type Store } from "../store/database.ts";
import { migrations } from "../store/migrations.ts";
import { journeys, type Journey } from "../testing/journey.ts";
import { replayEvents, type Records } from "./golden/replay-events.ts";
import { scenarios } from "./golden/scenarios.ts";
import { storedHistories } from "./golden/stored-history.ts";

/** What earlier versions of the program have stored: golden/README.md says what made each file. */

const begin = journeys();
const golden = join(import.meta.dir, "golden");
const names = scenarios.map(({ name }) => name).toSorted();
/** A file of each schema: its number is that of its newest migration. */
const versions = migrations.map((_, at) => at + 1);

/** How each execution ended, whatever version ran it. */
const ends: Record<string, string> = {
  cancel: "cancelled: slow cancelled, after cancelled",
  continue: "completed: draft completed, optional failed, last completed",
  "gate-approved": "completed: draft completed, consent completed, send completed",
  "gate-rejected": "failed: draft completed, consent failed, send cancelled",
  "gate-timed-out": "failed: draft completed, consent failed, send cancelled",
  halt: "failed: broken failed, after cancelled",
  "left-at-gate": "running: draft completed, consent waiting_for_approval, send pending",
  pause: "completed: draft completed, consent completed, send completed",
  retry: "completed: draft completed",
  skip: "completed: draft completed, unwanted skipped, broken failed, needs-broken skipped",
};

describe("the golden events", () => {
  test("are there of every scenario", () => {
    expect(readdirSync(join(golden, "histories")).toSorted()).toEqual(names.map((name) => `${name}.jsonl`));
  });

  for (const name of names) {
    test(`of "${name}" make the records that were stored with them`, () => {
      const text = readFileSync(join(golden, "histories", `${name}.jsonl`), "utf8");
      const lines = text
        .trimEnd()
        .split("\n")
        .map((line): unknown => JSON.parse(line));
      const { first } = lines.at(0) as { first: Records };
      const { last } = lines.at(-1) as { last: Records };
      // They were stored before agents could ask for a permission.
      first.steps = first.steps.map((step) => ({ ...step, permission_requests: [] }));
      expect(replayEvents(first, lines.slice(1, -1) as StoredEvent[])).toMatchObject(last);
      expect(describeOutcome(last.execution.status, last.steps)).toBe(ends[name] ?? "");
    });
  }
});

for (const version of versions) {
  describe(`a database of schema ${version}`, () => {
    test("is brought to the present schema, its events making the records it has", () => {
      withStore(version, (store) => {
        expect(store.sqlite.query("PRAGMA user_version").get()).toEqual({ user_version: migrations.length });
        const histories = storedHistories(store);
        expect(histories.map(({ name }) => name)).toEqual(names);
        for (const { name, first, events, last } of histories) {
          expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
          const replayed = replayEvents(first, events);
          // The programs of these schemas counted a stage that was cancelled while it ran among the done ones.
          if (name === "cancel" && version <= 3) replayed.execution.progress_done++;
          expect({ name, ...replayed }).toEqual({ name, ...last });
          expect(describeOutcome(last.execution.status, last.steps)).toBe(ends[name] ?? "");
        }
      });
    });

    test("is listed, shown and exported, and its gate is approved", async () => {
      const journey = begin(`golden-${version}`);
      mkdirSync(journey.home, { recursive: true });
      writeFileSync(join(journey.home, "workflows.db"), unpack(version));
      const { items } = JSON.parse(await readPrinted(journey, ["workflow", "runs", "--format", "json"])) as {
        items: ExecutionView[];
      };
      expect(items.map((item) => item.workflow_name).toSorted()).toEqual(names);
      const runOf = (name: string) => items.find((item) => item.workflow_name === name)?.run_id ?? "";
      for (const name of ["skip", "left-at-gate"]) {
        expect(describeView(await journey.execution(runOf(name)))).toBe(ends[name] ?? "");
      }
      expect(await readPrinted(journey, ["workflow", "runs", runOf("retry"), "--logs"])).toContain("asking");
      expect(await readPrinted(journey, ["workflow", "export", "retry"])).toBe(scenarios[0]?.text ?? "");

      await readPrinted(journey, [
        "workflow",
        "approve",
        runOf("left-at-gate"),
        "consent",
        "--as",
        "ada",
        "-y",
      ]);
      await readPrinted(journey, ["workflow", "resume", runOf("left-at-gate")]);
      expect(describeView(await journey.execution(runOf("left-at-gate")))).toBe(ends["gate-approved"] ?? "");
    });
  });
}

function describeView({ status, steps }: ExecutionView): string {
  return describeOutcome(status, steps);
}

function describeOutcome(status: string, steps: readonly { stage_id: string; status: string }[]): string {
  return `${status}: ${steps.map((step) => `${step.stage_id} ${step.status}`).join(", ")}`;
}

async function readPrinted(journey: Journey, args: string[]): Promise<string> {
  const ended = await journey.run(args);
  expect(ended).toMatchObject({ code: 0 });
  return ended.stdout;
}

function unpack(version: number): Uint8Array {
  return Bun.gunzipSync(readFileSync(join(golden, `schema-${version}.db.gz`)));
}

function withStore(version: number, look: (store: Store) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "skillmeat-golden-"));
  writeFileSync(join(folder, "workflows.db"), unpack(version));
  const store = openStore(join(folder, "workflows.db"));
  try {
    look(store);
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

import { describe, expect, test } from "bun:test";
import { journeys, executable, type Journey } from "../testing/journey.ts";
import { openTerminal, type Terminal } from "../testing/journey-terminal.ts";
import { until } from "../testing/journey-until.ts";
import { writeWorkflow } from "../testing/journey-workflows.ts";

/** What a person sees and types at the gates of `workflow run` on a terminal. The login name there is `tester`. */

const begin = journeys();
const choices = "approve? [y]es, [n]o, [l]ater";

describe.concurrent("at gates on a terminal", () => {
  test("each one gets its question; keys that were typed before it are dropped", async () => {
    const journey = begin("gates-in-turn");
    writeWorkflow(journey, {
      first: { gate: {} },
      second: { after: ["first"], gate: {} },
      third: { after: ["first"], gate: {} },
    });
    const terminal = run(journey);
    await asks(terminal, "first", 1);
    terminal.type("yyyy");
    await asks(terminal, "second", 2);
    expect(terminal.shown()).not.toContain('approving "second"');
    terminal.type("y");
    await asks(terminal, "third", 3);
    terminal.type("y");
    expect((await terminal.ended).code).toBe(0);
    expect(await readDeciders(journey)).toEqual(["tester", "tester", "tester"]);
  });

  test("whoever is no approver is asked who decides; the only one is offered", async () => {
    const journey = begin("gates-approver");
    writeWorkflow(journey, { ask: { gate: { approvers: ["ada"] } } });
    const terminal = run(journey);
    await asks(terminal, "ask", 1);
    expect(terminal.shown()).toMatch(/later: skillmeat workflow approve \w{6} ask --as ada\s/);
    terminal.type("y");
    await until("it asks who", () => terminal.shown().includes('approve gate "ask": who decides? [ada]'));
    terminal.type("\r");
    expect((await terminal.ended).code).toBe(0);
    expect(await readDeciders(journey)).toEqual(["ada"]);
  });

  test("a refused answer says why and is asked for again", async () => {
    const journey = begin("gates-refused");
    writeWorkflow(journey, { ask: { gate: { approvers: ["ada", "grace"] } } });
    const terminal = run(journey);
    await asks(terminal, "ask", 1);
    expect(terminal.shown()).toMatch(/approve \w{6} ask --as <ada\|grace>/);
    terminal.type("y");
    await until("it asks who", () => terminal.shown().includes("its approvers: ada, grace"));
    terminal.type("eve\r");
    const refusal = '"eve" may not approve gate "ask". its approvers: ada, grace';
    await until("it is refused", () => terminal.shown().includes(refusal));
    await asks(terminal, "ask", 2);
    terminal.type("y");
    await until("it asks again", () => terminal.shown().split("who decides?").length > 2);
    terminal.type("gracx\u007fe\r");
    expect((await terminal.ended).code).toBe(0);
    expect(await readDeciders(journey)).toEqual(["grace"]);
  });

  test("`--as` says who decides, so that nobody is asked", async () => {
    const journey = begin("gates-as");
    writeWorkflow(journey, { ask: { gate: { approvers: ["ada", "grace"] } } });
    const terminal = run(journey, ["--as", "grace"]);
    await asks(terminal, "ask", 1);
    terminal.type("y");
    expect((await terminal.ended).code).toBe(0);
    expect(await readDeciders(journey)).toEqual(["grace"]);
  });

  test.each([
    [100, 30, choices],
    [40, 12, choices],
    [24, 6, "[y]es [n]o [l]ater"],
    [12, 4, "y/n/l"],
  ])(
    "the keys that count are shown on %i columns and %i rows, however long the message",
    async (cols, rows, keys) => {
      const journey = begin("gates-narrow");
      writeWorkflow(journey, { ask: { gate: { message: "why not? ".repeat(400) } } });
      const terminal = run(journey, [], { cols, rows });
      await until("the keys are shown", () => terminal.shown().includes(keys));
      terminal.type("y");
      expect((await terminal.ended).code).toBe(0);
    },
  );
});

function run(journey: Journey, more: string[] = [], size = { cols: 100, rows: 30 }): Terminal {
  return openTerminal(journey, [executable, "workflow", "run", ".", ...more], size);
}

/** The question about a gate is on the screen, with its keys below; `count` questions have been until then. */
async function asks(terminal: Terminal, gate: string, count: number): Promise<void> {
  await until(`it asks about ${gate}`, () => {
    const shown = terminal.shown();
    const at = shown.lastIndexOf(`gate "${gate}" waits for approval`);
    return at >= 0 && shown.indexOf(choices, at) > at && shown.split(choices).length > count;
  });
}

async function readDeciders(journey: Journey): Promise<(string | null)[]> {
  const { stdout } = await journey.run(["workflow", "runs", "--format", "json"]);
  const [run] = (JSON.parse(stdout) as { items: { run_id: string }[] }).items;
  return (await journey.execution(run?.run_id ?? "")).steps.map(({ decided_by }) => decided_by);
}

import { expect, test } from "bun:test";
import { journeys } from "../testing/journey.ts";
import { scriptAgent, writeWorkflow } from "../testing/journey-workflows.ts";

const begin = journeys();

test("a retry learns what went wrong, and what a failed attempt handed in is kept", async () => {
  const journey = begin("retry-learns");
  scriptAgent(
    journey,
    "worker",
    `
cp "$SKILLMEAT_INPUT" "$SKILLMEAT_WORKDIR/input.$SKILLMEAT_ATTEMPT"
echo "attempt $SKILLMEAT_ATTEMPT" >"$SKILLMEAT_SUMMARY"
case $SKILLMEAT_ATTEMPT in
1) echo '{"files": ["a", 7]}' >"$SKILLMEAT_OUTPUT" ;;
2) echo '{"files": ["half"]}' >"$SKILLMEAT_OUTPUT"; exit 3 ;;
*) echo '{"files": ["a", "b"]}' >"$SKILLMEAT_OUTPUT" ;;
esac`,
  );
  const retry = { max_attempts: 3, initial_interval: "10ms" };
  writeWorkflow(journey, {
    one: { outputs: { files: { type: "array<string>" } }, error_policy: { retry } },
  });
  const { stdout } = await journey.run(["workflow", "run", ".", "--format", "json"]);
  const { steps } = JSON.parse(stdout) as {
    steps: { text: string; outputs: unknown; attempts: Record<string, unknown>[] }[];
  };
  const [step] = steps;
  expect(step?.outputs).toEqual({ files: ["a", "b"] });
  expect(step?.text).toBe("attempt 3\n");
  expect(step?.attempts.map(({ error_message, handed_in }) => ({ error_message, handed_in }))).toEqual([
    {
      error_message: 'output "files[1]" must be string, not 7',
      handed_in: { outputs: { files: ["a", 7] }, text: "attempt 1\n", exit_code: 0 },
    },
    {
      error_message: '"worker.sh" ended with exit code 3',
      handed_in: { outputs: { files: ["half"] }, text: "attempt 2\n", exit_code: 3 },
    },
    { error_message: null, handed_in: null },
  ]);
  const told = [1, 2, 3].map(
    (attempt) => JSON.parse(journey.read(`input.${attempt}`)) as { previous_error: unknown; prompt: string },
  );
  const problem = { path: "files[1]", message: 'output "files[1]" must be string, not 7' };
  expect(told.map(({ previous_error }) => previous_error)).toEqual([
    null,
    { class: "output_contract", message: problem.message, findings: [problem] },
    { class: "agent_error", message: '"worker.sh" ended with exit code 3', findings: [] },
  ]);
  expect(told[1]?.prompt).toContain(problem.message);
});

test("what an attempt that timed out had handed in is kept", async () => {
  const journey = begin("retry-timed-out");
  scriptAgent(
    journey,
    "worker",
    `
echo "so far" >"$SKILLMEAT_SUMMARY"
echo '{"files": ["half"]}' >"$SKILLMEAT_OUTPUT"
sleep 600`,
  );
  const error_policy = { timeout: "2s", retry: { max_attempts: 1 } };
  writeWorkflow(journey, { one: { outputs: { files: { type: "array<string>" } }, error_policy } });
  const { stdout } = await journey.run(["workflow", "run", ".", "--format", "json"]);
  const { steps } = JSON.parse(stdout) as {
    steps: { status: string; attempts: Record<string, unknown>[] }[];
  };
  expect(steps).toMatchObject([
    {
      status: "timed_out",
      outputs: null,
      attempts: [{ handed_in: { outputs: { files: ["half"] }, text: "so far\n" } }],
    },
  ]);
});

import { describe, expect, test } from "bun:test";
import { checkWorkflow } from "../validate.ts";

const text = (condition: string) => `workflow: {id: w, name: W}
config:
  parameters:
    mode: {type: string, enum: [fast, thorough], default: fast}
    level: {type: integer, enum: [1, 2], default: 1}
stages:
  - {id: a, roles: {primary: agent:x}, outputs: {o: {type: string}}}
  - id: b
    depends_on: [a]
    roles: {primary: agent:x}
    condition: >-
      (parameters.mode == 'fast' || parameters.level == 1 || true) && (${condition})
`;

function findingsFor(condition: string) {
  const { errors, warnings } = checkWorkflow(text(condition), { file: "w" }).validation;
  return [...errors, ...warnings];
}

describe("a status is compared with what a stage can be:", () => {
  test.each([
    "stages.a.status == 'success'",
    "stages.a.status == 'failure'",
    "stages.a.status != 'skipped'",
    "stages.a.status == 'failed' || stages.a.status == 'timed_out'",
    "contains(['failed', 'timed_out'], stages.a.status)",
    "contains(stages.a.status, 'ed')",
    "stages.a.status == stages.a.outputs.o",
    "stages.a.outputs.o == 'succeeded'",
    "stages.a.status != null",
  ])("%s", (condition) => expect(findingsFor(condition)).toEqual([]));
});

describe("a word that no status can have is an error with the word that was meant:", () => {
  test.each([
    ["stages.a.status == 'succeeded'", "succeeded", "success"],
    ["'Success' == stages['a']['status']", "Success", "success"],
    ["stages.a.status != 'Failed'", "Failed", "failed"],
    ["contains(['success', 'errored'], stages.a.status)", "errored", "failure"],
    ["contains([stages.a.status], 'complete')", "complete", "completed"],
    ["contains(stages.a.status, 'time-out')", "time-out", "timed_out"],
    ["(stages.a.status || 'x') == 'skiped'", "skiped", "skipped"],
    ["(parameters.level == 1 ? stages.a.status : 'x') == 'canceled'", "canceled", "cancelled"],
    ["[stages.a.status, 1] == ['passed', 1]", "passed", "success"],
    ["[stages.a, stages.a][0].status == 'TIMEOUT'", "TIMEOUT", "timed_out"],
  ])("%s", (condition, word, near) => {
    const [finding, ...more] = findingsFor(condition);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      severity: "error",
      category: "expression",
      code: "unknown_status",
      message: `no stage can have the status "${word}"`,
      hint: expect.stringContaining(`did you mean "${near}"? the statuses are "pending", `),
      stage_id: "b",
      line: 12,
    });
    const line = text(condition).split("\n")[11] ?? "";
    expect(line.slice((finding?.column ?? 0) - 1)).toStartWith(`'${word}'`);
  });

  test("a number is none either", () => {
    expect(findingsFor("stages.a.status == 1")).toMatchObject([{ code: "unknown_status" }]);
  });
});

describe("'failed' alone does not include timeouts:", () => {
  test.each([
    "stages.a.status == 'failed'",
    "contains(['failed', 'skipped'], stages.a.status)",
    "(stages.a.status || '') != 'failed'",
  ])("%s", (condition) => {
    expect(findingsFor(condition)).toMatchObject([
      { severity: "warning", code: "failed_without_timeout", hint: expect.stringContaining('"failure"') },
    ]);
  });
});

describe("a parameter with declared values is compared with one of them:", () => {
  test.each([
    ["parameters.mode == 'quick'", "mode", '"quick"', 'its values are "fast", "thorough"'],
    ["'thorugh' != parameters['mode']", "mode", '"thorugh"', 'did you mean "thorough"?'],
    ["contains(['fast', 'slow'], parameters.mode)", "mode", '"slow"', "its values are"],
    ["parameters.level == '1'", "level", '"1"', "its values are 1, 2"],
  ])("%s", (condition, name, value, hint) => {
    expect(findingsFor(condition)).toMatchObject([
      {
        severity: "warning",
        code: "never_equal",
        message: `the parameter "${name}" is never ${value}`,
        hint: expect.stringContaining(hint),
      },
    ]);
  });
});

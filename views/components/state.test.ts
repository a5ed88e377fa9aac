import { describe, expect, test } from "bun:test";
import { stepState, type Mark } from "./state.ts";
import { progressText } from "../executions/execution-head.tsx";
import { ParameterField } from "../workflows/parameter-field.tsx";
import { render } from "../jsx/jsx-runtime.ts";
import type { EffectiveParameter } from "../../src/workflow/effective.ts";

describe("a gate that has failed", () => {
  test.each([
    ["rejected", "ann", "Rejected"],
    ["rejected", "timeout", "Timed out, rejected"],
    ["timeout", "timeout", "Timed out"],
    ["expression_error", null, "Failed"],
    [null, null, "Failed"],
  ] as const)("of %p, decided by %p, is called: %s", (error_class, decided_by, word) =>
    expect(stepState({ status: "failed", type: "gate", error_class, decided_by })).toEqual({
      mark: "failed",
      word,
    }),
  );
});

describe("what is finished", () => {
  test("is what lists and the API count, with what was skipped or has failed named beside", () => {
    const marks: Mark[] = ["completed", "completed", "completed", "completed", "failed", "skipped"];
    const text = progressText({ progress_done: 6, progress_total: 6 }, marks);
    expect(text).toBe("6 of 6 finished · 1 failed · 1 skipped");
  });
});

describe("the field of a parameter", () => {
  const parameter: EffectiveParameter = {
    type: "string",
    required: true,
    default: null,
    description: null,
    enum: ["calm", "loud"],
  };
  const shown = (given: Partial<EffectiveParameter>, text: string): string =>
    render(ParameterField({ name: "tone", parameter: { ...parameter, ...given }, text, problem: null }));

  test.each([
    ["an enum", {}],
    ["a boolean", { type: "boolean" as const, enum: null }],
  ])("that is %s and required chooses nothing for whoever has not chosen", (_name, given) => {
    const html = shown(given, "");
    expect(html).toContain('<option value="" selected>Choose…</option>');
    expect(html.match(/ selected/g)).toHaveLength(1);
    expect(html).toMatch(/<select[^>]* required/);
  });

  test.each([
    ["api_token", {}],
    ["Password2", { required: false }],
    ["deploy_key", { enum: ["a", "b"] }],
    ["account", { secret: true as const }],
    ["secrets", { type: "object" as const, enum: null }],
  ])("%s is a password's, and never filled in", (name, given) => {
    const declared = { ...parameter, enum: null, default: "hunter2", ...given };
    const html = render(ParameterField({ name, parameter: declared, text: "hunter2", problem: null }));
    expect(html).toContain('type="password"');
    expect(html).not.toContain("hunter2");
  });

  test("of a secret must be filled in where nothing is declared", () => {
    const html = render(ParameterField({ name: "token", parameter, text: "", problem: null }));
    expect(html).toMatch(/<input[^>]*type="password"[^>]* required/);
  });

  test("with numbers of tokens is no secret", () =>
    expect(
      render(
        ParameterField({
          name: "max_tokens",
          parameter: { ...parameter, type: "integer", enum: null },
          text: "9",
          problem: null,
        }),
      ),
    ).toContain('type="number"'));

  test("shows the default, or what was chosen the last time", () => {
    expect(shown({}, "loud")).toContain('<option value="loud" selected>');
    expect(shown({ required: false }, "")).toContain('<option value="" selected>as declared</option>');
  });
});

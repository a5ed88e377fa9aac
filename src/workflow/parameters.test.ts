import { describe, expect, test } from "bun:test";
import { AppError } from "../errors.ts";
import type { Value } from "../expression/value.ts";
import { aDefinition } from "../testing/a-definition.ts";
import type { EffectiveDefinition, EffectiveParameter } from "./effective.ts";
import { missingSecrets, resolveParameters } from "./parameters.ts";

const declared = {
  feature: parameter("string", { required: true }),
  count: parameter("integer", { default: 3 }),
  mode: parameter("string", { default: "fast", enum: ["fast", "slow"] }),
  labels: parameter("array<string>", {}),
};

describe("resolveParameters", () => {
  test("a given value wins over an override, and an override over a default; without a value it is omitted", () => {
    const resolved = resolve({ feature: "search", mode: "slow" }, { overridden: ["count", "mode"] });
    expect(resolved).toEqual([
      { name: "feature", value: "search", origin: "given" },
      { name: "count", value: 3, origin: "override" },
      { name: "mode", value: "slow", origin: "given" },
    ]);
    expect(resolve({ feature: "x" })[1]).toEqual({ name: "count", value: 3, origin: "default" });
  });

  test("texts become values of the declared type", () => {
    const [, count, , labels] = resolve({ feature: "7", count: "5", labels: '["a"]' });
    expect([count?.value, labels?.value]).toEqual([5, ["a"]]);
  });

  test("values from a file need not be texts", () => {
    expect(resolve({ feature: "7", count: 5 })[1]?.value).toBe(5);
  });

  test("without coercion a text is a text", () => {
    expect(messages({ feature: "x", count: "5" }, false)).toEqual([
      'parameter "count" must be integer, not "5"',
    ]);
  });

  test.each<[Record<string, Value>, string[]]>([
    [{}, ['parameter "feature" of type string is missing']],
    [{ feature: "x", count: "many" }, ['parameter "count" must be integer, not "many"']],
    [{ feature: "x", mode: "quick" }, ['parameter "mode" must be one of "fast", "slow", not "quick"']],
    [{ feature: "x", coumt: "1" }, ['there is no parameter "coumt". did you mean "count"?']],
    [
      { zzz: "1", count: "x" },
      [
        'there is no parameter "zzz". there are feature, count, mode, labels',
        'parameter "feature" of type string is missing',
        'parameter "count" must be integer, not "x"',
      ],
    ],
  ])("%p is refused with all that is wrong", (given, expected) => {
    expect(messages(given)).toEqual(expected);
  });

  test("names of properties that every object has are names like any other", () => {
    expect(messages({ feature: "x", toString: "1" })).toHaveLength(1);
    expect(messages({ feature: "x", ["__proto__"]: "1" })).toHaveLength(1);
  });

  test("a single problem is the message itself", () => {
    expect(() => resolve({})).toThrow('parameter "feature" of type string is missing');
    expect(() => resolve({ a: 1 })).toThrow("2 parameters are wrong");
  });
});

test("secrets that are missing are required texts, declared as secrets or with the name of one", () => {
  const parameters = {
    account: parameter("string", { required: true, secret: true }),
    api_key: parameter("string", { required: true }),
    given_token: parameter("string", { required: true }),
    optional_token: parameter("string", {}),
    key_kind: parameter("string", { required: true, enum: ["rsa", "dsa"] }),
    max_tokens: parameter("integer", { required: true }),
    page: parameter("string", { required: true }),
  };
  const definition = { ...aDefinition(), config: { ...aDefinition().config, parameters } };
  expect(missingSecrets(definition, { given_token: "x" })).toEqual(["account", "api_key"]);
});

function resolve(given: Record<string, Value>, { overridden = [] as string[], coerce = true } = {}) {
  return resolveParameters(definition(), given, { coerce, overridden });
}

function messages(given: Record<string, Value>, coerce = true): string[] {
  try {
    resolve(given, { coerce });
  } catch (error) {
    if (error instanceof AppError && error.code === "invalid_parameters") {
      return error.details.map(({ message }) => message);
    }
    throw error;
  }
  return [];
}

function definition(): EffectiveDefinition {
  const made = aDefinition();
  return { ...made, config: { ...made.config, parameters: declared } };
}

function parameter(type: string, given: Partial<EffectiveParameter>): EffectiveParameter {
  return { type, required: false, description: null, enum: null, ...given };
}

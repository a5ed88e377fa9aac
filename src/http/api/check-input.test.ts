import { Type } from "@sinclair/typebox";
import { describe, expect, test } from "bun:test";
import { AppError } from "../../errors.ts";
import { checkInput, readQuery } from "./check-input.ts";
import { oneOf } from "./schemas.ts";

const query = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    tag: Type.Optional(Type.Array(Type.String())),
    strict: Type.Optional(Type.Boolean()),
    sort: Type.Optional(oneOf(["name", "-name"])),
  },
  { additionalProperties: false },
);

function troubleOf(work: () => unknown): string[] {
  try {
    work();
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.code).toBe("invalid_usage");
    return error.details.map(({ path, message }) => `${path} ${message}`);
  }
}

describe("a query", () => {
  test("becomes what its schema says", () => {
    const given = new URLSearchParams("limit=20&tag=a&tag=b&strict=1&sort=-name");
    expect(readQuery(query, given)).toEqual({ limit: 20, tag: ["a", "b"], strict: true, sort: "-name" });
    expect(readQuery(query, new URLSearchParams("tag=a"))).toEqual({ tag: ["a"] });
    expect(readQuery(query, new URLSearchParams(""))).toEqual({});
  });

  const wrong: [string, string[]][] = [
    ["limit=0", ["limit must be a whole number from 1 to 100"]],
    ["limit=ten", ["limit must be a whole number from 1 to 100"]],
    ["limit=1e2", ["limit must be a whole number from 1 to 100"]],
    ["limit=1&limit=2", ["limit must be a whole number from 1 to 100"]],
    ["strict=maybe", ["strict must be true or false"]],
    ["sort=size", ['sort must be one of "name", "-name"']],
    ["nonsense=1", ["nonsense is not known here"]],
    ["__proto__=1", ["__proto__ is not known here"]],
    ["constructor=1", ["constructor is not known here"]],
    ["limit=0&nonsense=1", ["nonsense is not known here", "limit must be a whole number from 1 to 100"]],
  ];
  test.each(wrong)("%s is refused", (text, details) => {
    expect(troubleOf(() => readQuery(query, new URLSearchParams(text)))).toEqual(details);
  });
});

describe("a body", () => {
  const body = Type.Object(
    {
      name: Type.String({ minLength: 1, maxLength: 5 }),
      parts: Type.Optional(Type.Array(Type.Object({ id: Type.String() }))),
    },
    { additionalProperties: false },
  );

  const wrong: [unknown, string[]][] = [
    [{}, ["name is required"]],
    [{ name: 1 }, ["name must be a text"]],
    [{ name: "too long" }, ["name has a wrong length from 1 to 5 characters"]],
    [{ name: "a", parts: [{ id: 1 }] }, ["parts[0].id must be a text"]],
    [[], [" must be an object"]],
    [null, [" must be an object"]],
    [JSON.parse('{"name": "a", "__proto__": {"isAdmin": true}}'), ["__proto__ is not known here"]],
  ];
  test.each(wrong)("%j is refused", (data, details) => {
    expect(troubleOf(() => checkInput(body, data, "body")).slice(0, details.length)).toEqual(details);
  });

  test("with a thousand wrong fields is told of the first twenty", () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`field-${at}`, at]));
    expect(troubleOf(() => checkInput(body, many, "body"))).toHaveLength(20);
  });
});

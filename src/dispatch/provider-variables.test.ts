import { describe, expect, test } from "bun:test";
import { isSecretName } from "../workflow/secret-name.ts";
import { providerVariables } from "./provider-variables.ts";

const env = {
  PATH: "/bin",
  ANTHROPIC_API_KEY: "sk-ant-1",
  ANTHROPIC_DEFAULT_OPUS_MODEL: "eu.opus",
  ANTHROPIC_LOG: "debug",
  CLAUDE_CODE_USE_BEDROCK: "1",
  AWS_SECRET_ACCESS_KEY: "aws-1",
  VERTEX_REGION_CLAUDE_4_0_OPUS: "europe-west1",
  OPENAI_API_KEY: "sk-open-1",
  CODEX_HOME: "/home/me/.codex",
  OPENAI_BASE_URL: "",
  GITHUB_TOKEN: "ghp-1",
};

describe("the variables for a provider", () => {
  const cases: [dispatchers: string[], names: string[]][] = [
    [
      ["claude-code"],
      [
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_DEFAULT_OPUS_MODEL",
        "CLAUDE_CODE_USE_BEDROCK",
        "AWS_SECRET_ACCESS_KEY",
        "VERTEX_REGION_CLAUDE_4_0_OPUS",
      ],
    ],
    [["codex"], ["OPENAI_API_KEY", "CODEX_HOME"]],
    [["acp"], ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "CODEX_HOME"]],
    [["command", "simulated", "robot"], []],
    [[], []],
  ];
  test.each(cases)("of %p are %p", (dispatchers, names) =>
    expect(Object.keys(providerVariables(env, dispatchers))).toEqual(names),
  );

  test("are those of all dispatchers where none is named", () =>
    expect(Object.keys(providerVariables(env))).toHaveLength(7));

  test("are masked where they are keys", () => {
    const keys = [
      "ANTHROPIC_API_KEY",
      "ANTHROPIC_AUTH_TOKEN",
      "CLAUDE_CODE_OAUTH_TOKEN",
      "AWS_BEARER_TOKEN_BEDROCK",
      "AWS_ACCESS_KEY_ID",
      "AWS_SECRET_ACCESS_KEY",
      "AWS_SESSION_TOKEN",
      "OPENAI_API_KEY",
      "CODEX_API_KEY",
    ];
    expect(keys.filter((name) => !isSecretName(name))).toEqual([]);
    const given = Object.fromEntries(keys.map((name) => [name, "k-12345"]));
    expect(Object.keys(providerVariables(given))).toEqual(keys);
  });
});

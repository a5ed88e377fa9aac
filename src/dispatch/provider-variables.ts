/** Keys of providers for an agent that may have any of them. */
export const providerKeys: readonly string[] = [
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_AUTH_TOKEN",
  "CLAUDE_CODE_OAUTH_TOKEN",
  "CODEX_API_KEY",
  "GEMINI_API_KEY",
  "GOOGLE_API_KEY",
  "GROQ_API_KEY",
  "MISTRAL_API_KEY",
  "OPENAI_API_KEY",
  "OPENROUTER_API_KEY",
  "XAI_API_KEY",
];

/**
 * The variables with which a dispatcher's program reaches the provider of its model: keys, addresses and where its
 * settings are. A name, or the beginning of one followed by `*`. A dispatcher that is not here gets none.
 */
const variablesOf = new Map<string, readonly string[]>([
  [
    "claude-code",
    [
      "ANTHROPIC_API_KEY",
      "ANTHROPIC_AUTH_TOKEN",
      "ANTHROPIC_BASE_URL",
      "CLAUDE_CODE_OAUTH_TOKEN",
      "CLAUDE_CONFIG_DIR",
      // The names of models differ between providers, and so do the aliases.
      "ANTHROPIC_MODEL",
      "ANTHROPIC_SMALL_FAST_MODEL",
      "ANTHROPIC_SMALL_FAST_MODEL_AWS_REGION",
      "ANTHROPIC_DEFAULT_*",
      // Amazon Bedrock
      "CLAUDE_CODE_USE_BEDROCK",
      "CLAUDE_CODE_SKIP_BEDROCK_AUTH",
      "ANTHROPIC_BEDROCK_BASE_URL",
      "AWS_BEARER_TOKEN_BEDROCK",
      "AWS_ACCESS_KEY_ID",
      "AWS_SECRET_ACCESS_KEY",
      "AWS_SESSION_TOKEN",
      "AWS_PROFILE",
      "AWS_REGION",
      "AWS_DEFAULT_REGION",
      "AWS_CONFIG_FILE",
      "AWS_SHARED_CREDENTIALS_FILE",
      // Google Vertex AI
      "CLAUDE_CODE_USE_VERTEX",
      "CLAUDE_CODE_SKIP_VERTEX_AUTH",
      "ANTHROPIC_VERTEX_BASE_URL",
      "ANTHROPIC_VERTEX_PROJECT_ID",
      "CLOUD_ML_REGION",
      "VERTEX_REGION_*",
      "GOOGLE_APPLICATION_CREDENTIALS",
      "GOOGLE_CLOUD_PROJECT",
      "GCLOUD_PROJECT",
    ],
  ],
  ["codex", ["OPENAI_API_KEY", "CODEX_API_KEY", "CODEX_HOME", "OPENAI_BASE_URL"]],
  [
    "acp",
    [
      // Any program may be an agent of this protocol, and it chooses its provider by itself.
      ...providerKeys,
      "ANTHROPIC_BASE_URL",
      "CLAUDE_CONFIG_DIR",
      "CODEX_HOME",
      "GEMINI_CLI_*",
      "GEMINI_MODEL",
      "GOOGLE_APPLICATION_CREDENTIALS",
      "GOOGLE_CLOUD_LOCATION",
      "GOOGLE_CLOUD_PROJECT",
      "GOOGLE_GEMINI_BASE_URL",
      "GOOGLE_GENAI_USE_GCA",
      "GOOGLE_GENAI_USE_VERTEXAI",
      "OPENAI_BASE_URL",
      "OPENCODE_*",
    ],
  ],
]);

/** Those of the variables that are meant for the providers of these dispatchers. */
export function providerVariables(
  env: Readonly<Record<string, string | undefined>>,
  dispatchers: Iterable<string> = variablesOf.keys(),
): Record<string, string> {
  const wanted = [...new Set(dispatchers)].flatMap((name) => variablesOf.get(name) ?? []);
  const isWanted = (name: string): boolean =>
    wanted.some((each) => (each.endsWith("*") ? name.startsWith(each.slice(0, -1)) : name === each));
  const chosen = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "" && isWanted(entry[0]),
  );
  return Object.fromEntries(chosen);
}

/** What an agent may see of the starter's environment. Keys and tokens are not stored: the dispatcher adds its own. */
export function allowedEnv(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const allowed = /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_[A-Z]+|TERM|TMPDIR|TZ)$/;
  const entries = Object.entries(env).filter(([name, value]) => allowed.test(name) && value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

/**
 * Without what opens the server: neither a workflow's `env` nor a setting gives the token to an agent or a hook, which
 * could decide its own gates with it.
 */
export function withoutServerToken(env: Readonly<Record<string, string>>): Record<string, string> {
  const { SKILLMEAT_TOKEN: _token, SKILLMEAT_NO_TOKEN: _none, ...others } = env;
  return others;
}

/** What an agent may see of the starter's environment. Keys and tokens are not stored: the dispatcher adds its own. */
export function allowedEnv(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const allowed = /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_[A-Z]+|TERM|TMPDIR|TZ)$/;
  const entries = Object.entries(env).filter(([name, value]) => allowed.test(name) && value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

const ordinary = /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_[A-Z]+|TERM|TMPDIR|TZ)$/;
/** Many companies' networks can only be reached with these. Programs read either case. */
const proxies = /^(HTTP|HTTPS|FTP|ALL|NO)_PROXY$/i;
const certificates = new Set([
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "NODE_EXTRA_CA_CERTS",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
  "AWS_CA_BUNDLE",
  "GIT_SSL_CAINFO",
  "GIT_SSL_CAPATH",
  "PIP_CERT",
  "CARGO_HTTP_CAINFO",
]);
const sshAgent = new Set(["SSH_AUTH_SOCK", "SSH_AGENT_PID"]);

/**
 * The part of the starter's environment that an agent may see: what every program needs, and the variables that
 * `passed` names (a name, or the beginning of one followed by `*`).
 */
export function allowedEnv(
  env: Readonly<Record<string, string | undefined>>,
  passed: readonly string[] = [],
): Record<string, string> {
  const allowed: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && (isAllowed(name) || passed.some((each) => names(each, name)))) {
      allowed[name] = value;
    }
  }
  return allowed;
}

function isAllowed(name: string): boolean {
  return ordinary.test(name) || proxies.test(name) || certificates.has(name) || sshAgent.has(name);
}

function names(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/**
 * Removes what opens the server: neither a workflow's `env` nor a setting gives the token to an agent or a hook, which
 * could decide its own gates with it.
 */
export function withoutServerToken(env: Readonly<Record<string, string>>): Record<string, string> {
  const { SKILLMEAT_TOKEN: _token, SKILLMEAT_NO_TOKEN: _none, ...others } = env;
  return others;
}

import type { AgentFile } from "../execution/snapshot.ts";
import type { StageError } from "./dispatcher.ts";

/** What exit codes mean: those of sysexits, those of the shell, then those that the agent file defines. */
const contract: Record<string, { class: string; retryable: boolean }> = {
  64: { class: "invalid_request", retryable: false },
  65: { class: "invalid_request", retryable: false },
  66: { class: "invalid_request", retryable: false },
  69: { class: "agent_error", retryable: true },
  70: { class: "internal", retryable: true },
  75: { class: "agent_error", retryable: true },
  77: { class: "auth_failure", retryable: false },
  78: { class: "invalid_request", retryable: false },
  126: { class: "invalid_request", retryable: false },
  127: { class: "invalid_request", retryable: false },
};

const longestComplaint = 1000;

/** Another try cannot help with these classes, whatever the source. */
const hopeless = new Set(["invalid_request", "auth_failure", "not_found"]);

export function isHopeless(errorClass: string): boolean {
  return hopeless.has(errorClass);
}

/** The error of an exit status other than 0; `complaint` is the last thing that the agent said. */
export function exitError(
  status: number,
  program: string,
  { agent, complaint }: { agent: AgentFile | null; complaint: string | null },
): StageError {
  const own = agent && Object.hasOwn(agent.exit_codes, status) ? agent.exit_codes[status] : undefined;
  const meant = own ?? contract[status] ?? { class: "agent_error", retryable: true };
  const said = complaint === null ? "" : `: ${shorten(complaint)}`;
  return {
    class: meant.class,
    message: `"${program}" ${endOf(status)}${said}`,
    ...(meant.retryable ? {} : { retryable: false }),
  };
}

/** The mark shows that the text was cut, to people and to the search for the beginning of a secret at its end. */
function shorten(text: string): string {
  return text.length > longestComplaint ? `${text.slice(0, longestComplaint)}…` : text;
}

/** A shell reports a signal as 128 plus its number. */
function endOf(status: number): string {
  const name = signalNames[status - 128];
  return name === undefined ? `ended with exit code ${status}` : `was ended by ${name} (exit code ${status})`;
}

const signalNames: Record<number, string> = {
  1: "SIGHUP",
  2: "SIGINT",
  3: "SIGQUIT",
  4: "SIGILL",
  6: "SIGABRT",
  7: "SIGBUS",
  8: "SIGFPE",
  9: "SIGKILL",
  11: "SIGSEGV",
  13: "SIGPIPE",
  15: "SIGTERM",
};

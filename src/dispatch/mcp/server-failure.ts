import type { StageError } from "../dispatcher.ts";

/** The error of an attempt that cannot do without this server. */
export function serverFailure(name: string): StageError {
  return {
    class: "not_found",
    message:
      `the MCP server "${name}" did not start, and "tools" names it. run its command in a terminal to see why, ` +
      'or take it out of "tools" if the stage can do without it',
    retryable: false,
  };
}

export function serverWarning(name: string): string {
  return `the MCP server "${name}" did not start`;
}

import type { ExecutionRecord } from "../execution/record.ts";
import type { AppErrorCode } from "../errors.ts";

export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  conflict: 4,
  unavailable: 5,
  /** A bug in skillmeat itself (EX_SOFTWARE of sysexits.h), as opposed to an execution that failed. */
  bug: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/**
 * The exit code of an execution: `completed` is a success, also with failures unless those are forbidden; a live
 * execution is not a failure yet, unless it is out of budget.
 */
export function exitOfRun(
  { status, had_failures, pause_reason }: Pick<ExecutionRecord, "status" | "had_failures" | "pause_reason">,
  requiresSuccess: boolean,
): ExitCode {
  if (status === "failed" || status === "cancelled" || pause_reason === "budget") return exitCodes.failed;
  return requiresSuccess && had_failures ? exitCodes.failed : exitCodes.done;
}

const byError: Record<AppErrorCode, ExitCode> = {
  invalid_usage: exitCodes.usage,
  invalid_parameters: exitCodes.usage,
  invalid_definition: exitCodes.failed,
  preflight_failed: exitCodes.failed,
  workdir_not_allowed: exitCodes.usage,
  not_found: exitCodes.notFound,
  conflict: exitCodes.conflict,
  forbidden: exitCodes.failed,
  unavailable: exitCodes.unavailable,
  interrupted: exitCodes.interrupted,
  declined: exitCodes.failed,
};

export function exitCodeOf(code: AppErrorCode): ExitCode {
  return byError[code];
}

/** What went wrong for the user, or because of the state things are in. http and cli each map a code once. */
export type AppErrorCode =
  | "invalid_usage"
  | "invalid_parameters"
  | "invalid_definition"
  /** The definition holds, but a stage could not start here. */
  | "preflight_failed"
  /** A run may not work in that folder. */
  | "workdir_not_allowed"
  | "not_found"
  | "conflict"
  | "forbidden"
  | "unavailable"
  | "interrupted"
  /** Somebody who was asked, or the program that they work with, did not do it. */
  | "declined";

/** One part of a trouble that has several: `path` names the field, the parameter or the place. */
export interface AppErrorDetail {
  path: string;
  message: string;
  line?: number;
  column?: number;
  /** One of two texts that disagree, whole, and its sha256. */
  definition?: string;
  definition_hash?: string;
}

/** Trouble that is the user's or the state's, never a bug. `message` names the thing and the way out. */
export class AppError extends Error {
  readonly code: AppErrorCode;
  readonly details: readonly AppErrorDetail[];

  constructor(code: AppErrorCode, message: string, details: readonly AppErrorDetail[] = []) {
    super(message);
    this.name = "AppError";
    this.code = code;
    this.details = details;
  }
}

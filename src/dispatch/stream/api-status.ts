import type { StageError } from "../dispatcher.ts";

/** The error of an attempt whose model's API answered with an HTTP status that is no success; null: it is not known. */
export function errorOfStatus(
  status: number | null,
  message: string,
  authFailure: (status: number) => StageError,
): StageError {
  switch (status) {
    case 401:
    case 403:
      return authFailure(status);
    case 429:
    case 529:
      return { class: "rate_limited", message };
    case 400:
    case 404:
    case 413:
      return { class: "invalid_request", message, retryable: false };
    default:
      return { class: "agent_error", message };
  }
}

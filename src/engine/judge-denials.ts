import type { Denials, StageRequest, StageResult } from "../dispatch/dispatcher.ts";
import type { Failure } from "../execution/retry.ts";

/** A failure whose reason lies elsewhere: such an attempt did not come to the end that its denials could decide. */
const stoppedClasses: ReadonlySet<string> = new Set(["cancelled", "timeout", "auth_failure"]);

/** The failure of an attempt whose stage does not go on without what it was denied (`permissions: fail`); else null. */
export function failureOfDenials(
  { permissions }: Pick<StageRequest, "permissions">,
  { denials, error }: Pick<StageResult, "denials" | "error">,
): Failure | null {
  if (permissions !== "fail" || denials === undefined || denials.count === 0) return null;
  if (error !== undefined && stoppedClasses.has(error.class)) return null;
  const message =
    `the agent was denied what no rule of its "tools" allows, and the stage has "permissions: fail". ` +
    `denied: ${describeCalls(denials)}. allow it with a rule in "tools" of the agent file, or write ` +
    `"permissions: deny" to let the agent go on without it`;
  return { class: "permission_denied", message, retryable: false };
}

/** What the log says of the calls that were denied, one line each. */
export function warningsOfDenials(
  { permissions }: Pick<StageRequest, "permissions">,
  { denials }: Pick<StageResult, "denials">,
): string[] {
  // What people have rejected is in the step, with their reasons.
  if (denials === undefined || permissions === "ask") return [];
  const { calls, count } = denials;
  const said = calls.map(
    ({ tool, title }) => `${tool} was denied, because no entry of "tools" allows it: ${title}`,
  );
  const more = count - calls.length;
  return more > 0 ? [...said, `${more} more calls were denied`] : said;
}

const mostNamed = 3;

function describeCalls({ calls, count }: Denials): string {
  const named = calls.slice(0, mostNamed).map(({ tool, title }) => `${tool} (${title})`);
  const more = count - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

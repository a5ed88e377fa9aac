/** Terminal styles by what they mean; each is the identity where colour is off. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  active(text: string): string;
  waiting(text: string): string;
}

export function paintWith(isOn: boolean): Paint {
  const style =
    (open: number, close: number) =>
    (text: string): string =>
      isOn && text !== "" ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    good: style(32, 39),
    bad: style(31, 39),
    warn: style(33, 39),
    active: style(36, 39),
    waiting: style(35, 39),
  };
}

/** An execution's or a step's status in the colour that means it. */
export function paintStatus(paint: Paint, status: string): string {
  if (status === "completed") return paint.good(status);
  if (status === "failed" || status === "timed_out") return paint.bad(status);
  if (status === "running") return paint.active(status);
  if (status === "waiting_for_approval" || status === "paused") return paint.waiting(status);
  if (status === "retry_wait") return paint.warn(status);
  return paint.dim(status);
}

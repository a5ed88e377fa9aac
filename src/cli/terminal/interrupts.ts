/** Requests to a running command from outside: Ctrl+C and signals. */
export interface Interrupts {
  /** Resolves at the first Ctrl+C. */
  readonly cancelled: Promise<"cancelled">;
  /** Resolves at SIGTERM, or when the terminal is closed. */
  readonly left: Promise<"left">;
  close(): void;
}

/** A second Ctrl+C calls `quit`, which must not return. */
export function listenForInterrupts(quit: () => void): Interrupts {
  let cancel: (wish: "cancelled") => void = () => {};
  let leave: (wish: "left") => void = () => {};
  const cancelled = new Promise<"cancelled">((resolve) => (cancel = resolve));
  const left = new Promise<"left">((resolve) => (leave = resolve));
  let count = 0;
  const onInterrupt = (): void => {
    count++;
    if (count > 1) quit();
    cancel("cancelled");
  };
  const onLeave = (): void => leave("left");
  process.on("SIGINT", onInterrupt).on("SIGTERM", onLeave).on("SIGHUP", onLeave);
  return {
    cancelled,
    left,
    close: () => {
      process.off("SIGINT", onInterrupt).off("SIGTERM", onLeave).off("SIGHUP", onLeave);
    },
  };
}

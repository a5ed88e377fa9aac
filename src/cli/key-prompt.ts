/** Waits for one of some keys while other things go on. */
export interface KeyPrompt {
  /** Resolves with the key; null when the prompt was closed before one came. */
  readonly answered: Promise<string | null>;
  close(): void;
}

const ctrlC = "\u0003";

/**
 * Listens for one of `keys` on the terminal. Raw mode takes Ctrl+C away from the terminal's driver, so it is passed on
 * as the signal it would have been.
 */
export function promptForKey(keys: readonly string[]): KeyPrompt {
  const { stdin } = process;
  let settle: (key: string | null) => void = () => {};
  const answered = new Promise<string | null>((resolve) => (settle = resolve));
  const close = (): void => {
    stdin.off("data", listen);
    if (stdin.isTTY) stdin.setRawMode(false);
    stdin.pause();
    settle(null);
  };
  const listen = (chunk: Buffer): void => {
    for (const key of chunk.toString("utf8").toLowerCase()) {
      if (key === ctrlC) {
        process.kill(process.pid, "SIGINT");
      } else if (keys.includes(key)) {
        settle(key);
        close();
        return;
      }
    }
  };
  if (stdin.isTTY) stdin.setRawMode(true);
  stdin.on("data", listen);
  stdin.resume();
  return { answered, close };
}

/** The keys that are typed on the terminal. */
export interface Keys {
  /** Hands on each key from now on; null: what is typed is dropped. */
  listen(handle: ((key: string) => void) | null): void;
  /** Resolves when everything that has been typed up to now has been handed on or dropped. */
  settled(): Promise<void>;
  /** Gives the terminal back. */
  close(): void;
}

/** In raw mode the terminal's driver sends no signals, so their keys are passed on as signals here. */
const signals: Record<string, NodeJS.Signals> = { "\u0003": "SIGINT", "\u001c": "SIGQUIT" };
const suspend = "\u001a";

/** Takes the keyboard until it is closed: nothing that is typed meanwhile shows, or reaches a later program. */
export function openKeys(): Keys {
  const { stdin } = process;
  let handle: ((key: string) => void) | null = null;
  const setRaw = (isRaw: boolean): void => {
    if (stdin.isTTY) stdin.setRawMode(isRaw);
  };
  const take = (chunk: Buffer): void => {
    for (const key of chunk.toString("utf8")) {
      const signal = signals[key];
      if (signal !== undefined) process.kill(process.pid, signal);
      else if (key === suspend) {
        setRaw(false);
        process.kill(process.pid, "SIGTSTP");
      } else handle?.(key);
    }
  };
  const goOn = (): void => setRaw(true);
  setRaw(true);
  stdin.on("data", take);
  stdin.resume();
  process.on("SIGCONT", goOn);
  return {
    listen: (next) => (handle = next),
    settled: async () => {
      // One turn of the loop reads what the terminal holds, the next is after it.
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    },
    close: () => {
      handle = null;
      process.off("SIGCONT", goOn);
      stdin.off("data", take);
      setRaw(false);
      stdin.pause();
    },
  };
}

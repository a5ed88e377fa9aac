import type { Journey } from "./journey.ts";

export interface Terminal {
  /** Everything that was written to it, without escape sequences. */
  shown(): string;
  /** Sends keys as if they were typed. */
  type(text: string): void;
  /** Resolves when the program has ended, with its exit code and everything that was written, unchanged. */
  readonly ended: Promise<{ code: number; output: string }>;
}

/** Runs a command on a pseudo-terminal. */
export function openTerminal(
  journey: Journey,
  command: readonly string[],
  size = { cols: 100, rows: 30 },
): Terminal {
  let output = "";
  const decoder = new TextDecoder();
  const child = Bun.spawn([...command], {
    cwd: journey.folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: journey.folder,
      SKILLMEAT_HOME: journey.home,
      SKILLMEAT_NO_TOKEN: "1",
      USER: "tester",
      TERM: "xterm-256color",
    },
    terminal: {
      ...size,
      data: (_, bytes) => {
        output += decoder.decode(bytes, { stream: true });
      },
    },
  });
  return {
    shown: () => Bun.stripANSI(output),
    type: (text) => child.terminal?.write(text),
    ended: child.exited.then((code) => {
      child.terminal?.close();
      return { code, output };
    }),
  };
}

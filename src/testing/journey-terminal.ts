import type { Journey } from "./journey.ts";

export interface Terminal {
  /** What has been written to it, without escape sequences. */
  shown(): string;
  /** As if it was typed. */
  type(text: string): void;
  /** When the program has ended: its exit code, and all that was written, as it was. */
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

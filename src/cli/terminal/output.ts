import { paintWith, type Paint } from "./paint.ts";

/** The only way out: people's text and data go to stdout, diagnostics and progress to stderr. */
export interface Output {
  /** One or more lines to stdout; the newline is added. */
  line(text?: string): void;
  /** As it is, to stdout. */
  write(text: string): void;
  /** One or more lines to stderr. */
  note(text: string): void;
  /** A value to stdout, indented for reading. */
  json(value: unknown): void;
  /** Styles for stdout; they do nothing where colour is off. */
  paint: Paint;
  /** Styles for stderr. */
  notePaint: Paint;
  /** True when stdout is a terminal, so that things may be redrawn in place. */
  readonly isTerminal: boolean;
  /** True when a person can be asked: both stdin and stderr are a terminal. */
  readonly canAsk: boolean;
  /** Columns of the terminal; 0 where there is none and lines may be as long as they are. */
  readonly columns: number;
  readonly rows: number;
  /** True while nothing has been written to stdout. */
  readonly isUntouched: boolean;
  /** True when nobody reads stdout any more (`| head`), or what takes it is full. */
  readonly isClosed: boolean;
  /**
   * Resolves when everything written has been taken; nothing is written after that. False when stdout could not be
   * written, which is then said on stderr; that nobody reads it is no trouble.
   */
  drained(): Promise<boolean>;
}

export function openOutput(options: {
  color: boolean;
  env: Readonly<Record<string, string | undefined>>;
}): Output {
  const { stdout, stderr, stdin } = process;
  const closed = { stdout: false, stderr: false };
  let trouble: string | null = null;
  let isUntouched = true;
  stdout.on("error", (error) => {
    closed.stdout = true;
    if (!isBrokenPipe(error)) trouble = error.message;
  });
  stderr.on("error", () => (closed.stderr = true));
  const colourful = options.color && !options.env["NO_COLOR"] && options.env["TERM"] !== "dumb";
  const write = (text: string): void => {
    isUntouched = false;
    if (!closed.stdout) stdout.write(text);
  };
  const note = (text: string): void => {
    if (!closed.stderr) stderr.write(`${text}\n`);
  };
  const notePaint = paintWith(colourful && stderr.isTTY === true);
  const end = async (name: "stdout" | "stderr"): Promise<void> => {
    if (closed[name]) return;
    closed[name] = true;
    await waitForEnd(process[name]);
  };
  return {
    line: (text = "") => write(`${text}\n`),
    write,
    note,
    json: (value) => write(`${JSON.stringify(value, null, 2)}\n`),
    paint: paintWith(colourful && stdout.isTTY === true),
    notePaint,
    isTerminal: stdout.isTTY === true && options.env["TERM"] !== "dumb",
    canAsk: stdin.isTTY === true && stderr.isTTY === true,
    get columns() {
      return stdout.isTTY ? stdout.columns || 80 : 0;
    },
    get rows() {
      return stdout.isTTY ? stdout.rows || 24 : 0;
    },
    get isUntouched() {
      return isUntouched;
    },
    get isClosed() {
      return closed.stdout;
    },
    drained: async () => {
      await end("stdout");
      if (trouble !== null) {
        note(
          `${notePaint.bad("error:")} stdout cannot be written: ${trouble}. make room, or send it elsewhere`,
        );
      }
      await end("stderr");
      return trouble === null;
    },
  };
}

function isBrokenPipe({ code }: Error & { code?: string }): boolean {
  return code === "EPIPE" || code === "EIO";
}

/**
 * Only the end of a stream tells that all was taken: Bun shows no `writableLength` of a pipe, and calls back for an
 * empty write at once, however much a slow reader has yet to take.
 */
function waitForEnd(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once("error", () => resolve());
    stream.end(() => resolve());
  });
}

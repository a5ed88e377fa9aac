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
  /** True when nobody reads stdout any more (`| head`). */
  readonly isClosed: boolean;
  /** Resolves when everything written has been taken; nothing is written after that. */
  drained(): Promise<void>;
}

export function openOutput(options: {
  color: boolean;
  env: Readonly<Record<string, string | undefined>>;
}): Output {
  const { stdout, stderr, stdin } = process;
  const closed = { stdout: false, stderr: false };
  stdout.on("error", (error) => (closed.stdout = isBrokenPipe(error)));
  stderr.on("error", (error) => (closed.stderr = isBrokenPipe(error)));
  const colourful = options.color && !options.env["NO_COLOR"] && options.env["TERM"] !== "dumb";
  const write = (text: string): void => {
    if (!closed.stdout) stdout.write(text);
  };
  const note = (text: string): void => {
    if (!closed.stderr) stderr.write(`${text}\n`);
  };
  return {
    line: (text = "") => write(`${text}\n`),
    write,
    note,
    json: (value) => write(`${JSON.stringify(value, null, 2)}\n`),
    paint: paintWith(colourful && stdout.isTTY === true),
    notePaint: paintWith(colourful && stderr.isTTY === true),
    isTerminal: stdout.isTTY === true && options.env["TERM"] !== "dumb",
    canAsk: stdin.isTTY === true && stderr.isTTY === true,
    get columns() {
      return stdout.isTTY ? stdout.columns || 80 : 0;
    },
    get rows() {
      return stdout.isTTY ? stdout.rows || 24 : 0;
    },
    get isClosed() {
      return closed.stdout;
    },
    drained: async () => {
      const open = [...(closed.stdout ? [] : [stdout]), ...(closed.stderr ? [] : [stderr])];
      Object.assign(closed, { stdout: true, stderr: true });
      await Promise.all(open.map(ended));
    },
  };
}

function isBrokenPipe(error: Error & { code?: string }): true {
  if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
  return true;
}

/**
 * Only the end of a stream tells that all was taken: Bun shows no `writableLength` of a pipe, and calls back for an
 * empty write at once, however much a slow reader has yet to take.
 */
function ended(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once("error", () => resolve());
    stream.end(() => resolve());
  });
}

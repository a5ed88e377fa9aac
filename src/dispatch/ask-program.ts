/** What a program that was asked something has answered. */
export interface ProgramAnswer {
  /** Null when a signal ended it. */
  code: number | null;
  /** The beginning of its stdout. */
  text: string;
}

const longestAnswerBytes = 16_384;
/** A process that the program has left behind may keep the pipe open for ever. */
const pipeGraceMs = 500;

/** Runs a program that only answers a question; null when it cannot be run or has not answered in time. */
export async function askProgram(
  argv: readonly string[],
  { env, workdir, longestMs }: { env: Readonly<Record<string, string>>; workdir: string; longestMs: number },
): Promise<ProgramAnswer | null> {
  const child = spawn(argv, env, workdir);
  if (child === null) return null;
  let isLate = false;
  const limit = setTimeout(() => {
    isLate = true;
    endGroup(child.pid);
  }, longestMs);
  try {
    const said = readBeginning(child.stdout);
    const code = await child.exited;
    await said.wholeOr(pipeGraceMs);
    return isLate ? null : { code: child.signalCode === null ? code : null, text: said.soFar() };
  } finally {
    clearTimeout(limit);
    endGroup(child.pid);
  }
}

function spawn(argv: readonly string[], env: Readonly<Record<string, string>>, workdir: string) {
  try {
    return Bun.spawn([...argv], {
      cwd: workdir,
      env: { ...env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
      detached: true,
    });
  } catch (error) {
    // It is not there any more, or may not be run.
    if (error instanceof Error && "code" in error) return null;
    throw error;
  }
}

/** The rest is read as well, so that the program does not block, and dropped. */
function readBeginning(stream: ReadableStream<Uint8Array>): {
  /** Waits for the end of the stream, at most for this long. */
  wholeOr: (longestMs: number) => Promise<void>;
  soFar: () => string;
} {
  const decoder = new TextDecoder();
  let text = "";
  const read = async (): Promise<void> => {
    for await (const chunk of stream)
      if (text.length < longestAnswerBytes) text += decoder.decode(chunk, { stream: true });
  };
  const whole = read();
  return {
    wholeOr: async (longestMs) => {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, longestMs);
      await Promise.race([whole, late]);
      clearTimeout(timer);
    },
    soFar: () => text.slice(0, longestAnswerBytes),
  };
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nothing of its group is left.
  }
}

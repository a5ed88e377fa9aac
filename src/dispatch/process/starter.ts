import { encodeRequest, type StartRequest } from "./start-request.ts";

/** A supervisor that the starter has made. */
export interface StartedSupervisor {
  pid: number;
  /** When it was started, as in field 22 of `/proc/PID/stat`; together with the pid this identifies the process. */
  startTicks: number;
  /** Resolves with the agent's exit status; null when the supervisor was killed; "lost" when the starter was. */
  ended: Promise<End>;
}

/** A process beside the engine that starts supervisors, so that the loop does not wait for a program to start. */
export interface Starter {
  /** Rejects with `StartRefused` when the system refuses, and with `StarterGone` when the starter has died. */
  start(request: StartRequest): Promise<StartedSupervisor>;
  readonly pid: number;
  /** Resolves when the process has ended, for whatever reason. */
  readonly gone: Promise<void>;
  /** Lets the starter end. The agents it has started go on. */
  close(): void;
}

/** The system did not let an agent begin; `errno` is its number. */
export class StartRefused extends Error {
  readonly errno: number;

  constructor(errno: number) {
    super(`the system refused to start the agent (errno ${errno})`);
    this.name = "StartRefused";
    this.errno = errno;
  }
}

/** The starter died before it answered. The attempt's folder shows whether the agent was started. */
export class StarterGone extends Error {
  constructor() {
    super("the process that starts agents has died");
    this.name = "StarterGone";
  }
}

interface PendingStart {
  resolve: (started: StartedSupervisor) => void;
  reject: (error: Error) => void;
}

type End = number | null | "lost";

/** Requests without an answer, and supervisors that run, by the number of their request. */
interface Ledger {
  pending: Map<number, PendingStart>;
  running: Map<number, (end: End) => void>;
  /** Exit statuses that were read before the message that the agent has started: the two come by different ways. */
  early: Map<number, number>;
}

/** Runs the program of `supervisor.c` as a starter. Throws the system's errors when it cannot be run. */
export function openStarter(program: string): Starter {
  const child = Bun.spawn([program], {
    cwd: "/",
    env: {},
    // Ctrl+C in the terminal of the engine must not reach the starter, which ends when the engine does.
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  // The starter ends with this process, so it need not keep this process from ending.
  child.unref();
  const ledger: Ledger = { pending: new Map(), running: new Map(), early: new Map() };
  let lastId = 0;
  let isGone = false;
  void readLines(child.stderr, (line) => takeLine(ledger, line));
  // When stdout has ended, no agent can begin any more: every supervisor keeps it open until it has begun its agent.
  const gone = readLines(child.stdout, (line) => takeLine(ledger, line)).then(async () => {
    isGone = true;
    await child.exited;
    lose(ledger);
  });
  return {
    pid: child.pid,
    gone,
    start(request) {
      if (isGone) return Promise.reject(new StarterGone());
      const id = (lastId = (lastId % 0xffff_ffff) + 1);
      const answer = Promise.withResolvers<StartedSupervisor>();
      ledger.pending.set(id, answer);
      child.stdin.write(encodeRequest(id, request));
      void child.stdin.flush();
      return answer.promise;
    },
    close() {
      void child.stdin.end();
    },
  };
}

/** Reads a line of the starter; see the head of `supervisor.c`. */
function takeLine({ pending, running, early }: Ledger, line: string): void {
  const [kind, idText = "", first = "", second = ""] = line.split(" ");
  const id = Number(idText);
  const asked = kind === "X" ? undefined : pending.get(id);
  if (asked) pending.delete(id);
  switch (kind) {
    case "S": {
      const end = Promise.withResolvers<End>();
      const status = early.get(id);
      if (status === undefined) running.set(id, end.resolve);
      else end.resolve(status);
      early.delete(id);
      asked?.resolve({ pid: Number(first), startTicks: Number(second), ended: end.promise });
      return;
    }
    case "E":
      asked?.reject(new StartRefused(Number(first)));
      return;
    case "X": {
      const end = running.get(id);
      if (end) end(Number(first));
      else early.set(id, Number(first));
      running.delete(id);
      return;
    }
    case "K":
      // The supervisor was killed before it could say that it had started.
      asked?.reject(new StarterGone());
      running.get(id)?.(null);
      running.delete(id);
      return;
    default:
      throw new Error(`the starter said "${line}"`);
  }
}

function lose({ pending, running }: Ledger): void {
  for (const { reject } of pending.values()) reject(new StarterGone());
  for (const end of running.values()) end("lost");
  pending.clear();
  running.clear();
}

async function readLines(
  stream: ReadableStream<Uint8Array>,
  takeLine: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(takeLine);
  }
}

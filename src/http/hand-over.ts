import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Engine, RerunFrom, StartRequest } from "../engine/engine.ts";
import { AppError, type AppErrorCode } from "../errors.ts";

/** What another process of this home asks the server's engine to begin with. */
export type HandOver =
  | { kind: "start"; request: StartRequest }
  | { kind: "take-over"; run_id: string }
  | { kind: "rerun"; run_id: string; from: RerunFrom };

export type HandOverAnswer = { run_id: string } | { error: { code: AppErrorCode | "bug"; message: string } };

/** What the kernel lets a socket's path have. */
const mostPathBytes = 100;

/**
 * Takes executions from commands of this home over a socket in it (0600: who may write the home may hand over). Null,
 * and a note, where the home's path is too long for a socket.
 */
export async function listenForHandOver(
  home: string,
  engine: Engine,
  note: (text: string) => void,
): Promise<{ stop(): void } | null> {
  const path = socketOf(home);
  if (Buffer.byteLength(path) > mostPathBytes) {
    note(`"${path}" is too long for a socket: --detach will start processes of its own`);
    return null;
  }
  // Left by a server that was killed; that none lives has been checked.
  rmSync(path, { force: true });
  const server = Bun.serve({
    unix: path,
    fetch: async (request) => Response.json(await begun(engine, (await request.json()) as HandOver)),
  });
  chmodSync(path, 0o600);
  return {
    stop: () => {
      void server.stop(true);
      rmSync(path, { force: true });
    },
  };
}

/** Hands an execution to the living server of a home; null when there is none. Throws `AppError` when it refuses. */
export async function handOver(home: string, request: HandOver): Promise<string | null> {
  let response: Response;
  try {
    const body = JSON.stringify(request);
    response = await fetch("http://localhost/", { unix: socketOf(home), method: "POST", body });
  } catch (error) {
    // Nobody listens there: ENOENT, ECONNREFUSED, or a path that is too long for a socket.
    if (error instanceof Error) return null;
    throw error;
  }
  const answer = (await response.json()) as HandOverAnswer;
  if ("run_id" in answer) return answer.run_id;
  if (answer.error.code === "bug") throw new Error(answer.error.message);
  throw new AppError(answer.error.code, answer.error.message);
}

function socketOf(home: string): string {
  return join(home, "serve.sock");
}

async function begun(engine: Engine, asked: HandOver): Promise<HandOverAnswer> {
  try {
    return { run_id: await runOf(engine, asked) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { error: { code: error instanceof AppError ? error.code : "bug", message } };
  }
}

async function runOf(engine: Engine, asked: HandOver): Promise<string> {
  switch (asked.kind) {
    case "start":
      return engine.start(asked.request);
    case "rerun":
      return engine.rerun(asked.run_id, asked.from);
    case "take-over": {
      const outcome = await engine.takeOver(asked.run_id);
      if (outcome === "taken") return asked.run_id;
      throw new AppError(
        "conflict",
        `execution "${asked.run_id}" is ${outcome === "held" ? "driven by another process" : "at its end"}`,
      );
    }
    default:
      return asked satisfies never;
  }
}

import { readFileSync } from "node:fs";
import { createCommandDispatcher } from "../dispatch/command.ts";
import type { StageRequest } from "../dispatch/dispatcher.ts";

/** An engine that is there to be killed: starts the request in the file and tells each line, with its offset. */
const request = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as StageRequest;
const log = {
  offsets: { stdout: 0, stderr: 0 },
  write: (stream: string, text: string, offset?: number) => {
    process.stdout.write(`${JSON.stringify({ stream, text, offset })}\n`);
  },
};
await createCommandDispatcher().dispatch(request, { signal: new AbortController().signal, log });

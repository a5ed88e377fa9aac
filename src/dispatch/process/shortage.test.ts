import { describe, expect, test } from "bun:test";
import { closeSync, openSync } from "node:fs";
import { aControl, aStageRequest } from "../../testing/a-stage-request.ts";
import { until } from "../../testing/journey-until.ts";
import { createCommandDispatcher } from "../command.ts";
import { untilPossible } from "./shortage.ts";

function shortage(code: string): Error {
  return Object.assign(new Error(`${code}: short`), { code });
}

describe("what the system is short of something for", () => {
  test.each(["EMFILE", "ENFILE", "EAGAIN", "ENOMEM"])("%s: is tried until it is possible", async (code) => {
    const waits: string[] = [];
    let tries = 0;
    const done = await untilPossible(
      () => {
        if (++tries < 3) throw shortage(code);
        return "done";
      },
      (error) => waits.push(error.message),
    );
    expect([done, tries, waits]).toEqual(["done", 3, [`${code}: short`]]);
  });

  test("any other error is its own", async () => {
    const error = shortage("ENOENT");
    expect(await untilPossible(() => Promise.reject(error)).catch((thrown: unknown) => thrown)).toBe(error);
  });

  test("a stop ends the waiting", async () => {
    const abort = new AbortController();
    const never = untilPossible(
      () => Promise.reject(shortage("EAGAIN")),
      () => abort.abort(),
      abort.signal,
    );
    expect(await never.catch(() => "stopped")).toBe("stopped");
  });
});

const prlimit = Bun.which("prlimit");

describe.skipIf(prlimit === null)("an agent that is to begin while no file can be opened", () => {
  test("begins when one can, in the same attempt, and its time does not run meanwhile", async () => {
    const { request } = aStageRequest("echo began");
    const { control, texts } = aControl();
    const held: string[] = [];
    const holdTime = () => {
      held.push("held");
      return () => void held.push("runs");
    };
    const dispatcher = createCommandDispatcher();
    await using limits = openLimits();
    const taken = [openSync("/dev/null", "r")];
    await limits.set((taken[0] ?? 0) + 8);
    takeAll(taken);
    const result = dispatcher.dispatch(request, { ...control, holdTime });
    await until("it is told", () => texts().some((text) => text.includes("cannot be started now")));
    expect(held).toEqual(["held"]);
    await limits.set(limits.usual);
    for (const file of taken) closeSync(file);
    expect(await result).toMatchObject({ ok: true });
    expect(held).toEqual(["held", "runs"]);
    const told = expect.stringMatching(/^warning: the agent cannot be started now/);
    expect(texts()).toEqual([told, "began"]);
    await dispatcher.sweep(request);
  });
});

/** Opens files until no more can be opened. */
function takeAll(taken: number[]): void {
  try {
    for (;;) taken.push(openSync("/dev/null", "r"));
  } catch (error) {
    expect(error).toMatchObject({ code: "EMFILE" });
  }
}

/** Sets how many files this very process may open, from a shell that needs none of them. */
function openLimits() {
  const usual = 1024;
  const shell = Bun.spawn(["/bin/sh"], { stdin: "pipe", stdout: "pipe" });
  const answers = shell.stdout.getReader();
  const set = async (soft: number): Promise<void> => {
    shell.stdin.write(`${prlimit} --nofile=${soft}: --pid ${process.pid} && echo set\n`);
    await shell.stdin.flush();
    await answers.read();
  };
  return {
    usual,
    set,
    [Symbol.asyncDispose]: async () => {
      await set(usual);
      shell.kill();
    },
  };
}

import { getSystemErrorName } from "node:util";
import { endOf } from "./adopt-agent.ts";
import { isShortage } from "./shortage.ts";
import {
  launchUnderShell,
  ownSupervisor,
  recordedSupervisor,
  type LaunchOptions,
  type Supervised,
} from "./supervisor.ts";
import type { Ticker } from "./ticker.ts";
import { openStarter, StarterGone, StartRefused, type Starter } from "./starter.ts";
import { supervisorProgram } from "./supervisor-program.ts";

/** Starts an agent under a supervisor. Rejects with the system's errors. */
export type Launch = (options: LaunchOptions, ticker: Ticker) => Promise<Supervised>;

/** Starts every agent under `/bin/sh`, for systems that the supervisor's program is not made for. */
export const shellLaunch: Launch = async (options) => launchUnderShell(options);

/** After so many starters that die in a row without starting anything, the shell is used instead. */
const mostFailures = 3;

/**
 * Agents under the supervisor of our own, which a starter beside this process makes; under `/bin/sh` where that program
 * cannot be run, as on other systems and in a home whose files may not be executed.
 */
export function createLaunch(home: string): Launch {
  let starter: Starter | null = null;
  let failures = 0;
  const open = (): Starter | null => {
    if (starter !== null || failures >= mostFailures) return starter;
    try {
      const program = supervisorProgram(home);
      if (program === null) failures = mostFailures;
      else starter = openStarter(program);
    } catch (error) {
      if (isShortage(error)) throw error;
      failures = mostFailures;
    }
    const opened = starter;
    void opened?.gone.then(() => {
      if (starter === opened) starter = null;
    });
    return opened;
  };

  return async (options, ticker) => {
    const chosen = open();
    if (chosen === null) return launchUnderShell(options);
    const { folder, attemptId, workdir } = options;
    try {
      const { pid, startTicks, ended } = await chosen.start(options);
      failures = 0;
      const supervisor = ownSupervisor(pid, startTicks);
      const end = ended.then((status) => (status === "lost" ? endOf(supervisor, folder, ticker) : status));
      return { ...supervisor, ended: end };
    } catch (error) {
      if (error instanceof StartRefused) throw systemError(error.errno, workdir);
      if (!(error instanceof StarterGone)) throw error;
      // The agent may have begun all the same: then its supervisor has written its name.
      const supervisor = recordedSupervisor(folder, attemptId);
      if (supervisor) return { ...supervisor, ended: endOf(supervisor, folder, ticker) };
      failures++;
      throw Object.assign(error, { code: "EAGAIN" });
    }
  };
}

function systemError(errno: number, workdir: string): Error {
  const code = getSystemErrorName(-errno);
  return Object.assign(new Error(`${code}, with the working directory "${workdir}"`), { code });
}

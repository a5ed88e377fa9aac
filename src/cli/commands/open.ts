import { AppError } from "../../errors.ts";
import { linkMinutes, makeLoginLink } from "../../http/server/login-link.ts";
import { runningServer } from "../../http/server/server-file.ts";
import type { CommandRun } from "../command.ts";
import { commandWords } from "../terminal/command-words.ts";
import { exitCodes } from "../exit-code.ts";
import { openBrowser } from "../open-browser.ts";
import { withStore } from "../open-home.ts";

/** Prints a link that logs in once at the server of this home; on a terminal a browser opens it. */
export const run: CommandRun = (invocation) =>
  withStore(invocation.home, (store) => {
    const { home, output } = invocation;
    const server = runningServer(store, home);
    if (!server) {
      const start = commandWords(invocation, "serve", "--open");
      throw new AppError("unavailable", `no server runs for this home. start one: ${start}`);
    }
    const isGuarded = server.token.kind !== "none";
    const url = isGuarded ? makeLoginLink(store, server.url, Date.now()) : server.url;
    output.line(url);
    if (isGuarded) output.note(`it logs in once, within ${linkMinutes} minutes`);
    if (output.isTerminal) openBrowser(invocation, url);
    return exitCodes.done;
  });

import { AppError } from "../../errors.ts";
import { readOwnToken, readTokenFile, tokenFile } from "../../http/server/token-file.ts";
import { runningServer } from "../../http/server/server-file.ts";
import type { CommandRun } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { withStore } from "../open-home.ts";
import { readEnvironmentToken } from "../serve-token.ts";

/** Prints the token and nothing else: `SKILLMEAT_TOKEN`, else that of the server that runs, else the home's own. */
export const run: CommandRun = async ({ home, env, output }) => {
  const given = readEnvironmentToken(env);
  if (given !== null) {
    output.line(given);
    return exitCodes.done;
  }
  const server = await withStore(home, (store) => runningServer(store, home));
  if (server?.token.kind === "environment") {
    throw new AppError(
      "not_found",
      `the server at ${server.url} has its token only from SKILLMEAT_TOKEN in its environment`,
    );
  }
  if (server?.token.kind === "none") output.note(`the server at ${server.url} asks for no token`);
  const file = tokenFile(home);
  const from = server?.token.kind === "file" ? server.token.file : file;
  const token = from === file ? readOwnToken(home) : readTokenFile(from);
  if (token === null)
    throw new AppError(
      "not_found",
      `there is no token yet. "skillmeat serve" makes one when it first starts`,
    );
  output.line(token);
  return exitCodes.done;
};

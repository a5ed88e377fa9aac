import { resolve } from "node:path";
import { AppError } from "../errors.ts";
import { isLoopback, type Secret } from "../http/server/access.ts";
import type { ServerFile } from "../http/server/server-file.ts";
import { getOwnToken, readTokenFile, tokenFile, tokenIn } from "../http/server/token-file.ts";
import type { Invocation } from "./command.ts";

/** The token that a server asks for, and where it comes from. */
export interface ServeToken {
  /** Null: it asks for none. */
  secret: Secret | null;
  from: ServerFile["token"];
}

/**
 * The command line overrides the environment, and a token overrides having none. Without any of them it is the home's
 * own token, which is made when it is missing. Throws `AppError` for a token that cannot or must not be used.
 */
export function serveToken({ given, env, home, workdir }: Invocation, host: string): ServeToken {
  const named = given.text("token-file");
  const isOff = given.isOff("token");
  if (named !== null && isOff) {
    throw new AppError("invalid_usage", "--token-file and --no-token exclude each other");
  }
  if (named !== null) {
    const file = resolve(workdir, named);
    return { secret: { text: readTokenFile(file), isRandom: false }, from: { kind: "file", file } };
  }
  if (isOff) return allowNoToken("--no-token", host);
  const inEnvironment = readEnvironmentToken(env);
  if (inEnvironment !== null) {
    return { secret: { text: inEnvironment, isRandom: false }, from: { kind: "environment" } };
  }
  if (isYes(env["SKILLMEAT_NO_TOKEN"])) return allowNoToken("SKILLMEAT_NO_TOKEN", host);
  return {
    secret: { text: getOwnToken(home), isRandom: true },
    from: { kind: "file", file: tokenFile(home) },
  };
}

/** `SKILLMEAT_TOKEN`; null when it is not set. */
export function readEnvironmentToken(env: Invocation["env"]): string | null {
  const given = env["SKILLMEAT_TOKEN"] ?? "";
  if (given === "") return null;
  return tokenIn(given, (why) => new AppError("invalid_usage", `the token in SKILLMEAT_TOKEN ${why}`));
}

function allowNoToken(asked: string, host: string): ServeToken {
  if (isLoopback(host)) return { secret: null, from: { kind: "none" } };
  throw new AppError(
    "invalid_usage",
    `${asked} is allowed only on a loopback address: on "${host}" others can reach the server. ` +
      "omit it so that the server makes a token, or set SKILLMEAT_TOKEN",
  );
}

function isYes(given: string | undefined): boolean {
  return !["", "0", "false", "no", "off"].includes((given ?? "").toLowerCase());
}

import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import { AppError } from "../../errors.ts";

const leastTokenLength = 16;
const mostTokenLength = 512;

export function tokenFile(home: string): string {
  return join(home, "serve.token");
}

/** The token of a home's own file, which is made when it is missing. Throws what `readOwnToken` throws. */
export function getOwnToken(home: string): string {
  const file = tokenFile(home);
  const known = readOwnToken(home);
  if (known !== null) return known;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  createWhole(file, `${randomBytes(32).toString("base64url")}\n`);
  const made = readOwnToken(home);
  if (made === null) throw unusableFileError(file, "disappears as soon as it is made");
  return made;
}

/**
 * The token of a home's own file; null when there is no file. Throws `AppError("unavailable")` for a file that somebody
 * else may have made or read.
 */
export function readOwnToken(home: string): string | null {
  const file = tokenFile(home);
  // A link may lead to a file that others can read; O_NONBLOCK: a pipe in its place must not make us wait.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = openOr(file, flags, (code) =>
    unusableFileError(file, reasons[code] ?? `cannot be read (${code})`),
  );
  if (handle === null) return null;
  try {
    const { uid, mode, isRegular } = factsOf(handle);
    if (!isRegular) throw unusableFileError(file, "is not a file");
    if (uid !== process.getuid?.()) throw unusableFileError(file, `belongs to another user (${uid})`);
    if ((mode & 0o077) !== 0) throw unusableFileError(file, `can be reached by others (mode ${octal(mode)})`);
    return tokenIn(contentOf(handle), (why) => unusableFileError(file, why));
  } finally {
    closeSync(handle);
  }
}

/**
 * The token of a file that somebody names. Throws `AppError("invalid_usage")` for one that others may read or change,
 * `AppError("not_found")` for none.
 */
export function readTokenFile(file: string): string {
  const wrongFileError = (why: string): AppError =>
    new AppError("invalid_usage", `the token file "${file}" ${why}`);
  const handle = openOr(file, constants.O_RDONLY, (code) => wrongFileError(`cannot be read (${code})`));
  if (handle === null) throw new AppError("not_found", `there is no token file "${file}"`);
  try {
    const { uid, mode, isFolder } = factsOf(handle);
    if (isFolder) throw wrongFileError("is a folder");
    if (uid !== 0 && uid !== process.getuid?.()) throw wrongFileError(`belongs to another user (${uid})`);
    if ((mode & 0o077) !== 0) {
      throw wrongFileError(
        `can be reached by others (mode ${octal(mode)}). make it yours alone: chmod 600 "${file}"`,
      );
    }
    return tokenIn(contentOf(handle), wrongFileError);
  } finally {
    closeSync(handle);
  }
}

/** A token as somebody has written it, without the space around it. Throws what `wrong` makes of the reason. */
export function tokenIn(text: string, wrong: (why: string) => AppError): string {
  const token = text.trim();
  if (token === "") throw wrong("is empty");
  if (!/^[ -~]*$/.test(token)) throw wrong("has more in it than one line of plain letters, digits and signs");
  if (token.length < leastTokenLength) {
    throw wrong(`is too short. take at least ${leastTokenLength} characters, such as: openssl rand -hex 16`);
  }
  if (token.length > mostTokenLength) throw wrong(`is too long. take at most ${mostTokenLength} characters`);
  return token;
}

/**
 * The file is whole before it gets its name; of two processes that begin together one wins, and both read the same
 * file.
 */
function createWhole(file: string, content: string): void {
  const draft = `${file}.new-${process.pid}-${Bun.randomUUIDv7()}`;
  try {
    const handle = openSync(draft, "wx", 0o600);
    try {
      fchmodSync(handle, 0o600);
      writeSync(handle, content);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    linkSync(draft, file);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

const reasons: Record<string, string> = { ELOOP: "is a symbolic link", EACCES: "belongs to another user" };

function unusableFileError(file: string, why: string): AppError {
  return new AppError(
    "unavailable",
    `the token file "${file}" ${why}, so others may know the token. delete it, and the next start makes a new one`,
  );
}

function openOr(file: string, flags: number, wrong: (code: string) => AppError): number | null {
  try {
    return openSync(file, flags);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT") return null;
    throw code === null ? error : wrong(code);
  }
}

function factsOf(handle: number) {
  const found = fstatSync(handle);
  return {
    uid: found.uid,
    mode: found.mode & 0o777,
    isRegular: found.isFile(),
    isFolder: found.isDirectory(),
  };
}

function contentOf(handle: number): string {
  const bytes = Buffer.alloc(2 * mostTokenLength);
  let length = 0;
  for (;;) {
    const read = readSync(handle, bytes, length, bytes.length - length, null);
    length += read;
    if (read === 0 || length === bytes.length) return bytes.toString("utf8", 0, length);
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

import { dlopen } from "bun:ffi";

/** Frees the disk space of log lines that are stored elsewhere by now. The byte offsets in the file stay the same. */
export interface LogSpace {
  /** Spares a line that tells the engine something: a later engine must find it in the file. */
  keep(start: number, end: number): void;
  /** Frees what lies before that offset, except for the spared lines. */
  freeUpTo(place: number): void;
}

/** A smaller range is not worth a call. */
const leastBytes = 4 << 20;
/** The last line is looked for when an agent fails without an error message. */
const reserve = 128 * 1024;
const block = 4096;

/** `punch` makes a hole of whole blocks; false when it cannot, and then `refused` is called once. */
export function createLogSpace(
  punch: (start: number, length: number) => boolean,
  refused: () => void,
): LogSpace {
  let kept: { start: number; end: number }[] = [];
  let given = 0;
  let isPossible = true;

  function give(start: number, end: number): void {
    const first = Math.ceil(start / block) * block;
    const length = Math.floor(end / block) * block - first;
    if (length > 0 && isPossible) isPossible = punch(first, length);
  }

  return {
    keep: (start, end) => {
      if (isPossible) kept.push({ start, end });
    },
    freeUpTo(place) {
      const end = Math.floor((place - reserve) / block) * block;
      if (!isPossible || end - given < leastBytes) return;
      let at = given;
      for (const line of kept) {
        if (line.start >= end) break;
        // The end of the line before stays, too: otherwise the line would not begin there.
        give(at, Math.max(at, line.start - 1));
        at = line.end;
      }
      give(at, end);
      given = Math.max(end, at);
      kept = isPossible ? kept.filter((line) => line.end > given) : [];
      if (!isPossible) refused();
    },
  };
}

let call: ((file: number, mode: number, start: number, length: number) => number) | null | undefined;

/** False where the system or the file's disk cannot make holes. */
export function punchHole(file: number, start: number, length: number): boolean {
  if (call === undefined) call = fallocate();
  return call?.(file, keepSize | makeHole, start, length) === 0;
}

const keepSize = 1;
const makeHole = 2;

function fallocate(): typeof call {
  if (process.platform !== "linux") return null;
  for (const library of ["libc.so.6", `libc.musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`]) {
    try {
      const types = { args: ["i32", "i32", "i64", "i64"], returns: "i32" } as const;
      return dlopen(library, { fallocate: types }).symbols.fallocate;
    } catch {
      // The other C library, or an unknown one: then the files keep their length.
    }
  }
  return null;
}

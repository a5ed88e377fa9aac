import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { Glob } from "bun";

/** Keeps the house: who may import whom, how long things get, which words are not ours. */

const root = join(import.meta.dir, "..");

/** Each room with the rooms it may import besides itself. `main.ts` and the top files are rooms of their own. */
const mayImport: Record<string, readonly string[]> = {
  errors: [],
  version: [],
  "next-turn": [],
  config: ["errors", "workflow"],
  expression: ["errors"],
  workflow: ["errors", "expression"],
  execution: ["errors", "expression", "workflow"],
  store: ["errors", "expression", "workflow", "execution"],
  dispatch: [
    "errors",
    "next-turn",
    "own-command",
    "version",
    "config",
    "expression",
    "workflow",
    "execution",
  ],
  context: ["errors", "expression", "workflow", "execution", "store", "collection", "dispatch"],
  collection: ["errors", "config", "expression", "workflow", "execution", "store", "dispatch"],
  machine: ["errors", "expression", "workflow", "execution"],
  engine: [
    "errors",
    "config",
    "expression",
    "workflow",
    "execution",
    "store",
    "context",
    "collection",
  ].concat(["dispatch", "machine"]),
  operation: [
    "errors",
    "next-turn",
    "config",
    "expression",
    "workflow",
    "execution",
    "store",
    "context",
    "collection",
  ].concat(["dispatch", "engine"]),
  mcp: ["errors", "version", "expression", "workflow"],
  demo: ["version", "expression"],
  cli: [
    "errors",
    "config",
    "own-command",
    "version",
    "expression",
    "workflow",
    "execution",
    "store",
    "context",
    "collection",
  ].concat(["dispatch", "engine", "operation", "http", "mcp", "demo"]),
  views: ["errors", "expression", "workflow", "execution"],
  http: [
    "errors",
    "next-turn",
    "config",
    "version",
    "expression",
    "workflow",
    "execution",
    "store",
    "context",
    "collection",
  ].concat(["dispatch", "engine", "operation", "views"]),
  main: ["version", "cli"],
};

/** Rooms that only tests use; they may see everything. */
const testRooms = new Set(["testing", "journeys", "simulate"]);

/** A package, or a part of the platform, that one room alone may know. */
const onlyIn: { module: RegExp; rooms: readonly string[] }[] = [
  { module: /^(drizzle-orm|bun:sqlite)/, rooms: ["store"] },
  { module: /^xstate/, rooms: ["machine"] },
  { module: /^(elysia|@elysiajs)/, rooms: ["http"] },
  { module: /^@kitajs/, rooms: ["views"] },
  { module: /^commander/, rooms: ["cli"] },
  { module: /^@modelcontextprotocol/, rooms: ["mcp", "demo"] },
  { module: /^@agentclientprotocol/, rooms: ["dispatch", "demo"] },
];

const pureRooms = new Set(["expression", "workflow", "execution", "machine", "views"]);
const limits = { source: 300, view: 200, test: 500, function: 60, line: 120 };

interface SourceFile {
  path: string;
  room: string;
  isTest: boolean;
  lines: string[];
  /** Without comments and without what stands in strings. */
  code: string;
  imports: string[];
}

const files = readSources();
const sources = files.filter((file) => !file.isTest && !testRooms.has(file.room));

describe("the house is kept:", () => {
  test("a room imports only the rooms below it", () => {
    const wrong = sources.flatMap((file) =>
      file.imports
        .filter((module) => module.startsWith("."))
        .map((module) => roomOf(resolved(file, module)))
        .filter((room) => room !== file.room && room !== "" && !mayImport[file.room]?.includes(room))
        .map((room) => `${file.path} imports ${room}`),
    );
    expect(wrong).toEqual([]);
  });

  test("a file of the product imports no tests", () => {
    const wrong = sources.filter((file) =>
      file.imports.some((module) => /\.test\.ts$|\/(testing|simulate)\//.test(module)),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test("no import goes round in a circle", () => expect(cycle(sources)).toEqual([]));

  test("only the store knows SQL, only machine XState, only http Elysia, only the command line its libraries", () => {
    const wrong = sources.flatMap((file) =>
      onlyIn
        .filter(
          ({ rooms, module }) => !rooms.includes(file.room) && file.imports.some((each) => module.test(each)),
        )
        .map(({ module }) => `${file.path} imports ${module.source}`),
    );
    expect(wrong).toEqual([]);
  });

  test("operation knows neither requests nor terminals: its doors translate", () => {
    const doors = /\b(Request|Response|Headers|FormData|URLSearchParams|process\.std(in|out|err)|isTTY)\b/;
    const modules = /^node:(http|https|readline|tty)/;
    const wrong = sources.filter(
      (file) =>
        file.room === "operation" &&
        (doors.test(file.code) || file.imports.some((each) => modules.test(each))),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test("a file that mounts pages is imported by the list of pages alone", () => {
    const mounting = new Set(
      sources
        .filter(({ code }) => /^export function mount\w+\(routes: PageRoutes\)/m.test(code))
        .map(({ path }) => path),
    );
    const wrong = sources
      .filter(({ path }) => path !== "src/http/pages/pages.ts")
      .filter((file) => file.imports.some((module) => mounting.has(resolved(file, module))));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test("expression, workflow, execution, machine and views do no IO, read no clock and make no ids", () => {
    const impure = new RegExp(
      "\\bDate\\.now\\(|\\bnew Date\\(\\)|\\bMath\\.random\\(|randomUUID|\\bprocess\\.|\\bfetch\\(|" +
        "\\bBun\\.(file|write|spawn|env|stdin)",
    );
    const modules = /^node:(fs|child_process|net|http|os|process|timers)|^bun:/;
    const wrong = sources.filter(
      (file) =>
        pureRooms.has(file.room) &&
        (impure.test(file.code) || file.imports.some((each) => modules.test(each))),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test("only the command line prints and exits", () => {
    const printing = /\bconsole\.\w+\(|\bprocess\.exit\(|\bprocess\.std(out|err)\b|\bwriteSync\([12],/;
    const wrong = sources.filter((file) => !["cli", "main"].includes(file.room) && printing.test(file.code));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test("the process is ended in one place, and nothing goes through console", () => {
    const exits = sources.filter((file) => /\bprocess\.exit\(/.test(file.code)).map(({ path }) => path);
    expect(exits).toEqual(["src/cli/main.ts"]);
    expect(sources.filter((file) => /\bconsole\./.test(file.code)).map(({ path }) => path)).toEqual([]);
  });

  test("files, functions and lines stay short", () => {
    const wrong = files.flatMap((file) => {
      const most = file.isTest ? limits.test : file.room === "views" ? limits.view : limits.source;
      const tooLong =
        file.lines.length > most ? [`${file.path} has ${file.lines.length} lines, ${most} at most`] : [];
      return [...tooLong, ...wideLines(file), ...(file.isTest ? [] : longFunctions(file))];
    });
    expect(wrong).toEqual([]);
  });

  test("there is no drawer: no utils, helpers, common, lib, services, types, models; no barrel", () => {
    const drawer = /^(utils?|helpers?|common|lib|services?|types|models?|misc|shared|index)$/;
    const wrong = files.filter((file) =>
      file.path.split("/").some((part) => drawer.test(part.replace(/\.tsx?$/, ""))),
    );
    const barrels = sources.filter((file) => /^export (\*|\{[^}]*\}) from/m.test(file.code));
    expect([...wrong, ...barrels].map(({ path }) => path)).toEqual([]);
  });

  test("files are named in kebab-case", () => {
    const wrong = files.filter(
      (file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.(ts|tsx|d\.ts)$/.test(base(file.path)),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test("no enum, no any, no class but for errors, no silenced type check", () => {
    const wrong = sources.flatMap((file) => {
      const found: string[] = [];
      if (/^\s*(export )?(const )?enum /m.test(file.code)) found.push("an enum");
      if (/[:<|,(]\s*any\b(?!\s*[:(])/.test(file.code)) found.push("any");
      if (/^\s*(export )?class (?!\w+ extends \w*Error\b)/m.test(file.code)) found.push("a class");
      if (/@ts-(ignore|nocheck|expect-error)/.test(file.lines.join("\n")))
        found.push("a silenced type check");
      return found.map((what) => `${file.path} has ${what}`);
    });
    expect(wrong).toEqual([]);
  });

  test("tests wait for what they wait for, not for time to pass", () => {
    const sleep = /\bBun\.sleep\(|\bsetTimeout\(\s*(resolve|done|r)\b|\bsleepSync\(/;
    const wrong = files.filter((file) => file.isTest && file.room !== "tidy" && sleep.test(file.code));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test("tests assert no durations and have no limits of their own: src/testing/limits.ts has them", () => {
    const timed = /\bperformance\.now\(|\bBun\.nanoseconds\(|\bsetDefaultTimeout\(|\}, \d+(_000)?\);$/m;
    const wrong = files.filter((file) => file.isTest && file.room !== "tidy" && timed.test(file.code));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test("a comment that promises work names nobody's later", () => {
    const later = /\b(TODO|FIXME|XXX|HACK)\b|not (yet )?implemented/;
    const wrong = sources.filter((file) => later.test(file.lines.join("\n")));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

function readSources(): SourceFile[] {
  const found = [...new Glob("{src,views}/**/*.{ts,tsx}").scanSync(root)].toSorted();
  return found.map((path) => {
    const text = readFileSync(join(root, path), "utf8");
    return {
      path,
      room: roomOf(path),
      isTest: /\.test\.tsx?$/.test(path),
      lines: text.replace(/\n$/, "").split("\n"),
      code: withoutTexts(text),
      imports: importsOf(text),
    };
  });
}

function importsOf(text: string): string[] {
  const statements = text.matchAll(
    /^(?:import|export)\b[^;'"]*?\bfrom\s+["']([^"']+)["']|^import\s+["']([^"']+)["']/gm,
  );
  const lazy = text.matchAll(/\bimport\(\s*["']([^"']+)["']\s*\)/g);
  return [
    ...[...statements].map((match) => match[1] ?? match[2] ?? ""),
    ...[...lazy].map((match) => match[1] ?? ""),
  ];
}

/** Comments and strings may say what code may not do. Good enough for sources that prettier has formatted. */
function withoutTexts(text: string): string {
  return text
    .replace(/"(?:[^"\\\n]|\\.)*"/g, '""')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''")
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/(^|\s)\/\/.*$/gm, "$1");
}

function roomOf(path: string): string {
  const [top = "", second = ""] = path.split("/");
  return top === "views" ? "views" : second.replace(/(\.test)?\.tsx?$/, "");
}

function resolved(file: SourceFile, module: string): string {
  const path = normalize(join(dirname(file.path), module));
  return path.startsWith("src/") || path.startsWith("views/") ? path : "";
}

function base(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The files of the first circle that is found. Lazy imports count: they hide a circle, they do not undo it. */
function cycle(all: readonly SourceFile[]): string[] {
  const byPath = new Map(all.map((file) => [file.path, file]));
  const finished = new Set<string>();
  const visit = (path: string, way: readonly string[]): string[] | null => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    const file = byPath.get(path);
    if (!file || finished.has(path)) return null;
    for (const module of file.imports.filter((each) => each.startsWith("."))) {
      const found = visit(resolved(file, module), [...way, path]);
      if (found) return found;
    }
    finished.add(path);
    return null;
  };
  for (const { path } of all) {
    const found = visit(path, []);
    if (found) return found;
  }
  return [];
}

function wideLines(file: SourceFile): string[] {
  // A golden text in a test is as wide as what it shows.
  const isFree = (line: string): boolean => file.isTest && /["'`]/.test(line);
  return file.lines.flatMap((line, at) =>
    line.length > limits.line && !isFree(line) ? [`${file.path}:${at + 1} is ${line.length} wide`] : [],
  );
}

/** Functions at the top of a file: from their first line to the brace that stands alone in the first column. */
function longFunctions(file: SourceFile): string[] {
  const found: string[] = [];
  let start = -1;
  file.lines.forEach((line, at) => {
    if (start < 0 && /^(export )?(default )?(async )?(function\b|const \w+.*=> \{$)/.test(line)) start = at;
    if (start >= 0 && /^\}[;)]*$/.test(line)) {
      const length = at - start + 1;
      if (length > limits.function) found.push(`${file.path}:${start + 1} is ${length} lines long`);
      start = -1;
    }
  });
  return found;
}

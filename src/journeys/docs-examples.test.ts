import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Glob } from "bun";
import { parse } from "yaml";
import { commandTable } from "../cli/commands/command-table.ts";
import { readCommandLine } from "../cli/read-command-line.ts";
import { openArtifacts } from "../collection/artifacts.ts";
import { parseSimulationScript } from "../dispatch/simulation-script.ts";
import { endpoints } from "../http/api/endpoints.ts";
import { checkWorkflow } from "../workflow/validate.ts";

/** What the documents and the examples show is true: it is checked here as a user would check it. */

const root = join(import.meta.dir, "../..");
const pages = ["*.md", "docs/*.md", "examples/**/README.md"]
  .flatMap((pattern) => [...new Glob(pattern).scanSync(root)])
  .toSorted();
const workflows = [...new Glob("examples/**/*.yaml").scanSync(root)].filter((path) => !isScript(path));
const scripts = [...new Glob("examples/**/*.yaml").scanSync(root)].filter(isScript);

interface Block {
  page: string;
  language: string;
  text: string;
}

/** A block is named by its page and the line it begins in. */
const blocks = pages.flatMap((page): [string, Block][] => {
  const source = read(page);
  return [...source.matchAll(/^```([\w ]+)\n([\s\S]*?)^```$/gm)].map((found) => [
    `${page}:${source.slice(0, found.index).split("\n").length}`,
    { page, language: found[1] ?? "", text: found[2] ?? "" },
  ]);
});

describe("an example can be run as it is:", () => {
  test.each(workflows)("%s has neither errors nor missing agents", (path) => {
    const file = join(root, path);
    const beside = dirname(file);
    const artifacts = openArtifacts({ beside, workdir: beside, home: "/nowhere", userHome: "/nowhere" });
    const { validation, definition } = checkWorkflow(read(path), { file: path, artifacts, strict: true });
    expect(validation.errors).toEqual([]);
    for (const { roles } of definition?.stages ?? []) {
      const agent = roles ? artifacts.agent(roles.primary.artifact) : null;
      if (roles) expect(agent?.command?.length ?? 0).toBeGreaterThan(0);
    }
  });

  test.each(workflows.filter((path) => !path.includes("/demo/")))("%s has no warnings", (path) => {
    expect(checkWorkflow(read(path), { file: path }).validation.warnings).toEqual([]);
  });

  test.each(scripts)("%s is a simulation script", (path) => {
    expect(parseSimulationScript(parse(read(path)), path).size).toBeGreaterThan(0);
  });
});

describe("what the documents show holds:", () => {
  test.each(blocks.filter(([, { language }]) => language === "yaml workflow"))(
    "the workflow at %s",
    (_name, { page, text }) => {
      const { validation } = checkWorkflow(text, { file: page });
      expect([...validation.errors, ...validation.warnings]).toEqual([]);
    },
  );

  test.each(blocks.filter(([, { language }]) => language === "yaml" || language === "json"))(
    "the fragment at %s is well-formed",
    (_name, { text }) => expect(parse(text)).toBeObject(),
  );

  test.each(blocks.filter(([, { language, text }]) => language === "sh" && /^skillmeat /m.test(text)))(
    "the commands at %s are understood",
    (_name, { text }) => {
      for (const [, line = ""] of text.matchAll(/^skillmeat (.+?)(?: [<>] \S+)?(?: &| +#.*)?$/gm)) {
        const words = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)];
        const argv = words.map(([, double, single, plain]) => double ?? single ?? plain ?? "");
        expect([line, readCommandLine(commandTable, argv, 100).kind]).toEqual([line, "command"]);
      }
    },
  );

  test.each(pages)("every link of %s leads somewhere", (page) => {
    const targets = [...read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(
      ([, target]) => target ?? "",
    );
    const relative = targets.filter((target) => !/^[a-z]+:/.test(target));
    expect(relative.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
  });

  test.each(pages)("every heading that %s links to is there", (page) => {
    const links = [...read(page).matchAll(/\]\(([^)#\s]*)#([^)\s]+)\)/g)];
    const missing = links.filter(([, target, anchor]) => {
      const at = target === "" ? page : join(dirname(page), target ?? "");
      return !anchors(read(at)).includes(anchor ?? "");
    });
    expect(missing.map(([link]) => link)).toEqual([]);
  });

  test("docs/api.md has every route of the API with its query, and no other", () => {
    const rows = endpoints.map(({ method, path, summary, query }) => {
      const names = Object.keys(query?.properties ?? {}).map((name) => `\`${name}\``);
      return `| \`${method} ${path}\` | ${summary} | ${names.join(" ")} |`;
    });
    const shown = read("docs/api.md").split("\n");
    expect(shown.filter((line) => /^\| `(GET|POST|PUT|DELETE) /.test(line))).toEqual(rows);
  });

  test.each(["ARCHITECTURE.md", "CONTRIBUTING.md"])("every file that %s names is there", (page) => {
    const named = [...read(page).matchAll(/`((?:src|views|docs|public|examples|drizzle)\b[^`\s*]*)`/g)];
    const paths = named.map(([, path]) => path ?? "");
    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test("every code that the troubleshooting of docs/language.md names is one that findings have", () => {
    const troubleshooting = read("docs/language.md").split("## Troubleshooting")[1] ?? "";
    const rows = troubleshooting.split("\n").filter((line) => line.startsWith("| `"));
    const codes = rows.flatMap((row) =>
      [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map(([, code]) => code),
    );
    const rules = ["src/workflow/*.ts", "src/workflow/rules/*.ts"]
      .flatMap((pattern) => [...new Glob(pattern).scanSync(root)])
      .map(read)
      .join("\n");
    // Codes for an unknown part of an expression are put together from its kind.
    const isKnown = (code = ""): boolean =>
      rules.includes(`"${code}"`) || (code.startsWith("unknown_") && rules.includes("`unknown_${"));
    expect(codes.filter((code) => !isKnown(code))).toEqual([]);
    expect(codes.length).toBeGreaterThan(10);
  });

  test("the README shows the file of examples/first", () => {
    const shown = blocks.find(
      ([, { page, language }]) => page === "README.md" && language === "yaml workflow",
    );
    expect(shown?.[1].text).toBe(read("examples/first/WORKFLOW.yaml"));
  });

  test("the README's two set-up lines stand alone, each in a block of its own", () => {
    const lines = blocks.filter(([, { page }]) => page === "README.md").map(([, { text }]) => text);
    expect(lines).toContain("npm install && npm run demo\n");
    expect(lines).toContain("npm install && npm test\n");
  });
});

function isScript(path: string): boolean {
  return path.endsWith("script.yaml");
}

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** The anchors of a page's headings, as Markdown viewers make them. */
function anchors(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

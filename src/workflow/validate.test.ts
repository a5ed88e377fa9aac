import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { ArtifactLookup } from "./artifact-lookup.ts";
import { printFinding } from "./print-finding.ts";
import { checkWorkflow } from "./validate.ts";

/** Every definition in `testdata` beside what `validate` prints for it. */
const folder = join(import.meta.dir, "testdata");
const definitions = readdirSync(folder)
  .filter((name) => /\.(yaml|json)$/.test(name))
  .toSorted();

describe("each definition has the findings beside it:", () => {
  test.each(definitions)("%s", (file) => {
    const golden = readFileSync(join(folder, file.replace(/\.\w+$/, ".findings.txt")), "utf8");
    expect(printed(file)).toBe(golden);
  });
});

describe("checkWorkflow", () => {
  test("sorts errors and warnings separately by their place in the text", () => {
    const { errors, warnings } = check(read("expressions.yaml")).validation;
    for (const list of [errors, warnings]) {
      const places = list.map(({ line, column }) => line * 1000 + column);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    }
  });

  test("names the category, the path and the stage of a finding", () => {
    const { errors } = check(read("references.yaml")).validation;
    expect(errors.map(({ category, path, stage_id }) => [category, path, stage_id])).toContainEqual([
      "dag",
      "stages[1].condition",
      "review",
    ]);
  });

  test.each([
    ["dependencies.yaml", ["dag"]],
    ["cycles.yaml", ["dag"]],
    ["wrong-types.yaml", ["schema"]],
    ["unused-parameters.yaml", ["schema"]],
    ["input-sources.yaml", ["schema"]],
    ["expressions.yaml", ["expression"]],
    ["artifacts.yaml", ["artifact"]],
  ])("puts all findings of %s into %p", (file, categories: string[]) => {
    const { errors, warnings } = check(read(file)).validation;
    expect([...new Set<string>([...errors, ...warnings].map(({ category }) => category))]).toEqual(
      categories,
    );
  });

  test("returns no definition when there are errors, and the effective one when there are only warnings", () => {
    expect(check(read("cycles.yaml")).definition).toBeNull();
    const { definition, validation } = check(read("unused-parameters.yaml"));
    expect(validation.warnings).not.toBeEmpty();
    expect(definition?.stages[0]?.error_policy.timeout).toBe("30m");
  });

  test.each([
    ["é".repeat(255), []],
    ["🚀".repeat(255), []],
    ["🚀".repeat(256), ['"name" is 256 characters long, 255 at most']],
  ])("counts a name's length in code points: %p", (name, messages) => {
    const text = JSON.stringify({
      workflow: { id: "w", name },
      stages: [{ id: "a", roles: { primary: "agent:x" } }],
    });
    expect(check(text).validation.errors.map(({ message }) => message)).toEqual(messages);
  });

  test("reports missing artifacts as warnings, or as errors when it is strict", () => {
    expect(check(read("artifacts.yaml")).validation.valid).toBe(true);
    const { validation } = checkWorkflow(read("artifacts.yaml"), {
      file: "w",
      artifacts: known,
      strict: true,
    });
    expect(validation.errors.map(({ category }) => category)).toEqual([
      "artifact",
      "artifact",
      "artifact",
      "artifact",
    ]);
  });

  test("does not check artifacts when there is no collection", () => {
    const { validation } = checkWorkflow(read("artifacts.yaml"), { file: "w", strict: true });
    expect(validation).toEqual({ valid: true, errors: [], warnings: [] });
  });
});

describe("bad input gets a finding, never a crash:", () => {
  const minimal = read("minimal.yaml");
  test.each([
    ["a file over 1 MiB", `${minimal}x-a: ${"é".repeat(600_000)}`, "too_large"],
    ["flow lists 200,000 deep", "[".repeat(200_000), "too_deep"],
    ["flow maps 50,000 deep", "{a: ".repeat(50_000), "too_deep"],
    ["block lists 100,000 deep", "- ".repeat(100_000), "too_deep"],
    ["keys that are maps, 100,000 deep", "? ".repeat(100_000), "too_deep"],
    ["65 levels", `${minimal}x-a: ${"[".repeat(64)}${"]".repeat(64)}`, "too_deep"],
    [
      "65 levels through an alias",
      `${minimal}x-a: &a ${"[".repeat(60)}${"]".repeat(60)}\nx-b: [[[[*a]]]]`,
      "too_deep",
    ],
    ["2,001 stages", `workflow: {id: w, name: W}\nstages:\n${"- {}\n".repeat(2001)}`, "bad_count"],
    ["500,000 stages on one line", `${minimal}stages: [${"a,".repeat(500_000)}]`, "too_many_stages"],
    [
      "20,000 stages",
      `workflow: {id: w, name: W}\nstages:\n${"  - {id: a}\n".repeat(20_000)}`,
      "too_many_stages",
    ],
    ["300,000 aliases", `${minimal}x-a: &a [1]\nx-b: [${"*a,".repeat(300_000)}]`, "too_large"],
    ["a million brackets", "[".repeat(1_000_000), "too_deep"],
    ["numbers without end", `${minimal}x-a: 1e999`, "bad_number"],
    ["a map for a key", `${minimal}? {a: 1}\n: 2`, "bad_key"],
    ["lone surrogates and control characters", `${minimal}x-a: "\\ud800\u0007"\n\u0000`, "yaml_syntax"],
  ])("%s", (_, text, code) => {
    expect(check(text).validation.errors.map((finding) => finding.code)).toContain(code);
  });

  test("64 levels of nesting are allowed", () => {
    expect(check(`${minimal}x-a: ${"[".repeat(63)}${"]".repeat(63)}`).validation.valid).toBe(true);
  });

  test("thousands of faults on one line are found, placed and printed", () => {
    const text = JSON.stringify({
      workflow: { id: "w", name: "W" },
      stages: [
        { id: "a", roles: { primary: { artifact: "agent:x", instructions: "é ${{ a }} ".repeat(20_000) } } },
      ],
    });
    const { errors } = check(text).validation;
    expect(errors).toHaveLength(201);
    expect(errors.at(-1)?.message).toBe("19800 more errors are not shown");
    expect(errors.map((finding) => printFinding(finding, text, "w")).join("").length).toBeGreaterThan(20_000);
  });

  test("the first of thousands of unknown names are reported, with the number of the others", () => {
    const stages = Array.from({ length: 2000 }, (_, at) => {
      return `- {id: s${at}, roles: {primary: agent:x}, depends_on: [t${at}, u${at}, v${at}]}\n`;
    });
    const { validation } = check(`workflow: {id: w, name: W}\nstages:\n${stages.join("")}`);
    expect(validation.errors.map(({ code }) => code)).toEqual([
      ...Array.from({ length: 200 }, () => "unknown_dependency"),
      "more_findings",
    ]);
    expect(validation.errors.at(-1)).toMatchObject({
      severity: "error",
      message: "5800 more errors are not shown",
    });
  });
});

function printed(file: string): string {
  const text = read(file);
  const { errors, warnings } = check(text).validation;
  const findings = [...errors, ...warnings].toSorted((a, b) => a.line - b.line || a.column - b.column);
  return findings.map((finding) => `${printFinding(finding, text, basename(file))}\n`).join("");
}

function check(text: string) {
  return checkWorkflow(text, { file: "WORKFLOW.yaml", artifacts: known });
}

function read(file: string): string {
  return readFileSync(join(folder, file), "utf8");
}

/** A collection that holds what is not called gone, lost, nobody or scan. */
const known: ArtifactLookup = {
  find: (ref) => (/:(gone|lost|nobody|scan)$/.test(ref) ? null : { origin: "collection" }),
  hint: (ref) => (ref === "skill:scan" ? 'there is a command "scan"' : null),
  modelOf: () => null,
  trouble: (ref) => (ref === "agent:readme" ? "readme.md:1: it has no front matter" : null),
  lacks: (ref) =>
    ref === "agent:wanting" ? [{ code: "mcp_server_missing", says: "no server", wayOut: "describe it" }] : [],
};

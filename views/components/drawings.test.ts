import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import { iconNames } from "./icon-names.ts";
import { render } from "../jsx/jsx-runtime.ts";
import { spriteFor, symbolNames } from "./sprite.ts";
import { Shape } from "../workflows/shape.tsx";
import { aStage } from "../../src/testing/a-definition.ts";
import { aNewExecution } from "../../src/testing/an-execution.ts";

const root = join(import.meta.dir, "../..");

describe("the icons", () => {
  test("are drawn, each that has a name, and no other", () =>
    expect(symbolNames().toSorted()).toEqual([...iconNames].toSorted()));

  test("are brought by a page that shows them", () => {
    expect(render(spriteFor('<use href="#i-rocket" />'))).toContain('id="i-rocket"');
    expect(render(spriteFor(""))).not.toContain('id="i-rocket"');
  });
});

test("every style and script of the pages is a file, and every file is used", () => {
  const views = [...new Glob("views/**/*.{ts,tsx}").scanSync(root)];
  const source = views.map((path) => readFileSync(join(root, path), "utf8")).join("");
  for (const folder of ["css", "js"]) {
    const names = readdirSync(join(root, "public", folder)).map((name) =>
      name.replace(/(\.min)?\.(css|js)$/, ""),
    );
    // Login and the API's document, which have no scripts, bring `plain.css`.
    expect(names.filter((name) => !source.includes(name) && name !== "plain")).toEqual([]);
  }
});

describe("a workflow's shape", () => {
  const chain = (count: number) =>
    Array.from({ length: count }, (_, at) =>
      aStage({ id: `s${at}`, depends_on: at === 0 ? [] : [`s${at - 1}`] }),
    );

  test("says in words what it draws", () => {
    const stages = [...chain(2), aStage({ id: "gate", type: "gate", depends_on: ["s0"] })];
    const html = render(Shape({ stages, steps: [] }));
    expect(html).toContain('aria-label="3 stages in 2 steps. Never run."');
    expect(html.match(/<circle/g)).toHaveLength(2);
    expect(html.match(/<rect/g)).toHaveLength(1);
  });

  test("is coloured by the last run", () => {
    const steps = aNewExecution({ stages: 2, step: { status: "completed" } }).steps.map(
      ({ record }) => record,
    );
    const stages = steps.map(({ stage_id }) => aStage({ id: stage_id }));
    const html = render(Shape({ stages, steps }));
    expect(html).toContain("2 stages in 1 step. Last run: 2 completed.");
    expect(html.match(/class="nd completed"/g)).toHaveLength(2);
  });

  test("of many stages is cut, and says how many are left out", () => {
    const html = render(Shape({ stages: chain(2000), steps: [] }));
    expect(html.match(/<circle/g)).toHaveLength(8);
    expect(html).toContain("+1992");
  });
});

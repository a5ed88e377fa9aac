import { describe, expect, test } from "bun:test";
import { render } from "../../../../views/jsx/jsx-runtime.ts";
import { FindingList } from "../../../../views/workflows/builder/finding-list.tsx";
import { Flow } from "../../../../views/workflows/builder/flow.tsx";
import { formLabels } from "../../../../views/workflows/builder/form-words.ts";
import { SideForm } from "../../../../views/workflows/builder/side.tsx";
import { StageEditor } from "../../../../views/workflows/builder/stage-editor.tsx";
import { aBuilderView } from "../../../testing/a-builder-view.ts";
import { readDraft, type DraftReading } from "./read-draft.ts";

const head = "workflow: { id: w, name: W }\n";
const empty = `${head}stages: []\n`;
const added = `${head}stages:\n  - id: stage-1\n`;
const done = `${head}stages:\n  - { id: stage-1, roles: { primary: agent:writer } }\n`;

/** The whole page's forms and lists, with every stage's editor. */
function drawn(text: string, base: { text: string; isNew: boolean }): string {
  const view = aBuilderView(text, {}, base);
  const editors = view.stages.map((facts) => StageEditor({ view, facts }));
  const parts = [FindingList({ view, tab: "stages" }), Flow({ view }), SideForm({ view }), ...editors];
  return parts.map(render).join("\n");
}

describe("what nobody has filled in yet", () => {
  test.each([
    ["no stage in a new workflow", empty],
    ["a stage as it was added", added],
    ["a gate as it was added", `${head}stages:\n  - { id: approval, type: gate }\n`],
  ])("is no error: %s", (_, text) => {
    const html = drawn(text, { text: empty, isNew: true });
    expect(html).not.toContain("Error: ");
    expect(html).not.toContain('class="failed"');
    expect(html).not.toContain("aria-invalid");
    expect(html).toContain('data-errors="0"');
  });

  test("is said to be needed, where it is filled in", () => {
    const html = drawn(added, { text: empty, isNew: true });
    expect(html).toContain("1 thing still needed");
    expect(html.match(/Choose the agent that does it\./g)).toHaveLength(3);
    expect(drawn(empty, { text: empty, isNew: true })).toContain("No stages yet");
  });

  test("is an error in what was saved with it", () => {
    expect(tonesOf(added, { text: done, isNew: false })).toEqual(["failed"]);
    expect(tonesOf(`${added}  - id: stage-2\n`, { text: done, isNew: false })).toEqual(["failed", "needed"]);
    expect(tonesOf(empty, { text: done, isNew: false })).toEqual(["failed"]);
  });

  test("does not hide what was filled in and is wrong", () => {
    expect(tonesOf(`${head}config: { timeout: soon }\nstages: []\n`, { text: empty, isNew: true })).toEqual([
      "failed",
      "needed",
    ]);
  });
});

describe("findings in a form speak its words", () => {
  const policy = (written: string) =>
    done.replace("agent:writer }", `agent:writer }, error_policy: { ${written} }`);
  test.each([
    [policy("retry: { max_attempts: 0 }"), "Attempts must be a whole number from 1 to 100, not 0"],
    [policy('retry: { max_attempts: "5" }'), 'Attempts must be a whole number, not the text "5"'],
    [done.replace("name: W", 'name: ""'), "Name must not be empty"],
    [done.replace(", name: W", ""), "Name is missing."],
    [done.replace("stages:", "config: { max_parallel: many }\nstages:"), "At once must be a whole number"],
    [added, "Choose the agent that does it."],
  ])("%#", (text, words) => {
    const html = drawn(text, { text: done, isNew: false });
    expect(html).toContain(words.replaceAll('"', "&quot;"));
    expect(html).not.toMatch(
      /without quotes|&quot;(max_attempts|name|roles|primary|max_parallel|stages)&quot;/,
    );
  });

  test("the text's words stand beside the text, with the line", () => {
    const view = aBuilderView(added, {}, { text: done, isNew: false });
    const html = render(FindingList({ view, tab: "yaml" }));
    expect(html).toContain("roles: {primary: agent:reviewer}");
    expect(html).toContain("<code>3:5</code>");
  });

  test("every label is the one of a field", () => {
    const all =
      `${done}  - { id: gate-1, type: gate, gate: { message: x }, depends_on: [stage-1] }\n`.replace(
        "stages:",
        "config: { parameters: { a: { type: string } } }\nstages:",
      );
    const html = drawn(all, { text: done, isNew: false });
    const isLabel = (label: string) => html.includes(`>${label}</label>`);
    expect(
      Object.values(formLabels)
        .map((label) => label.replace("'", "&#x27;"))
        .filter((label) => !isLabel(label)),
    ).toEqual([]);
  });
});

function tonesOf(text: string, base: { text: string; isNew: boolean }): string[] {
  const { findings }: DraftReading = readDraft(text, { base });
  return findings.map(({ tone }) => tone);
}

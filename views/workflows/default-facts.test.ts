import { expect, test } from "bun:test";
import { render } from "../jsx/jsx-runtime.ts";
import { StageCard } from "./builder/stage-card.tsx";
import { StageList } from "./stage-list.tsx";
import { aBuilderView } from "../../src/testing/a-builder-view.ts";

const plain = `workflow: { id: w, name: W }
config: { workspace: worktree, commit: success, permissions: fail }
error_policy: { default_retry: { max_attempts: 4 }, on_stage_failure: continue }
stages:
  - { id: one, roles: { primary: agent:writer } }
  - { id: two, roles: { primary: agent:writer } }
`;

/** The words of the workflow's own page, and those of the builder's cards. */
function drawn(text: string): { list: string; cards: string } {
  const view = aBuilderView(text);
  if (!view.definition) throw new Error("it cannot be read");
  const words = (html: string) => html.replaceAll(/<[^>]*>/g, " ");
  const cards = view.stages.map((facts) => render(StageCard({ view, facts, beside: 2 })));
  return { list: words(render(StageList(view.definition))), cards: words(cards.join("")) };
}

test("what is usual, or holds for all of a workflow, is not said on every card", () => {
  const { list, cards } = drawn(plain);
  expect(list).not.toMatch(/Timeout|Tries|On failure|Works in|Budget|Commits|What no rule|Silent|opus/);
  expect(cards).not.toMatch(/Timeout|30m|opus/);
});

test("what a stage has of its own is said", () => {
  const own = `roles: { primary: { artifact: agent:writer, model: sonnet } }, workspace: shared,
    permissions: deny, budget: { usd: 1.5, tokens: 9000 },
    error_policy: { timeout: 5m, idle_timeout: 90s, on_failure: halt, retry: { max_attempts: 2 } }`;
  const { list, cards } = drawn(plain.replace("one, roles: { primary: agent:writer }", `one, ${own}`));
  const said = list.replaceAll(/\s+/g, " ");
  for (const fact of [
    "sonnet",
    "Timeout 5m",
    "Silent at most 1m 30s",
    "Tries 2 attempts",
    "On failure halt",
    "Works in the run's directory",
    "What no rule allows is denied, and the agent goes on",
    "Budget $1.50, 9,000 tokens",
  ])
    expect(said).toContain(fact.replace("'", "&#x27;"));
  expect(cards).toContain("sonnet");
  expect(cards).toContain("5m");
});

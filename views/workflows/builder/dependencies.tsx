import type { Html } from "../../jsx/jsx-runtime.ts";
import type { BuilderView, StageFacts } from "./builder-view.ts";
import { Group } from "./field.tsx";
import { findingsAt, Problems, type FormScope } from "./problems.tsx";

interface DependenciesProps {
  view: BuilderView;
  facts: StageFacts;
  scope: FormScope;
}

/** What a stage waits for: a box for each other stage, and the two usual choices. */
export function Dependencies({ view, facts, scope }: DependenciesProps): Html {
  const { at, stage } = facts;
  const others = view.stages.filter((other) => other.at !== at && other.stage.id !== "");
  return (
    <Group title="Waits for">
      {at === 0 ? null : (
        <div class="quick">
          <button class="btn sm" formaction={`${view.path}/depend`} name="choice" value="sequential">
            Sequential after previous
          </button>
          <button class="btn sm" formaction={`${view.path}/depend`} name="choice" value="parallel">
            Parallel with previous
          </button>
        </div>
      )}
      <input type="hidden" name="has" value="depends_on" />
      {others.length === 0 ? <p class="hint">There is no other stage.</p> : null}
      <div class="checks">
        {others.map((other) => (
          <label class="check">
            <input
              type="checkbox"
              name="depends_on"
              value={other.stage.id}
              checked={stage.depends_on.includes(other.stage.id)}
            />
            <span>{`${other.at + 1}. ${other.stage.name}`}</span>
          </label>
        ))}
        {stage.depends_on
          .filter((id) => !others.some((other) => other.stage.id === id))
          .map((id) => (
            <label class="check">
              <input type="checkbox" name="depends_on" value={id} checked />
              <span>{`${id} (not there)`}</span>
            </label>
          ))}
      </div>
      <Problems findings={findingsAt(scope, ["depends_on"])} />
    </Group>
  );
}

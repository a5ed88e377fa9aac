import { EmptyState } from "../../components/empty-state.tsx";
import { Icon } from "../../components/icon.tsx";
import { Menu } from "../../components/menu.tsx";
import type { Html } from "../../jsx/jsx-runtime.ts";
import { domId, type BuilderView, type StageFacts } from "./builder-view.ts";
import { StageCard } from "./stage-card.tsx";

/** The stages in the order of the file; neighbours of one batch side by side, with a fork before and a join after. */
export function Flow({ view }: { view: BuilderView }): Html {
  const { rows } = view;
  return (
    <section id="flow" class="flow-pane" aria-label="Stages">
      <p class="vh" id="reorder-help">
        Drag it, or press Space, then the arrow keys, then Space again. Escape puts it back.
      </p>
      {view.root === null ? <NoTree /> : rows.length === 0 ? <NoStages /> : null}
      <ol class="flow" id="flow-list">
        {rows.map((row, at) => (
          <>
            {at === 0 ? null : <Link view={view} above={rows[at - 1] ?? []} below={row} />}
            {row.map((facts) => (
              <StageCard view={view} facts={facts} beside={row.length} />
            ))}
          </>
        ))}
      </ol>
      {view.root === null ? null : <AddAtEnd view={view} />}
    </section>
  );
}

function NoTree(): Html {
  return (
    <EmptyState icon="triangle-alert" title="The text cannot be read">
      <p>The stages appear again when the YAML is valid. The finding says what to fix.</p>
      <a class="btn" href="?tab=yaml">
        Open the YAML
      </a>
    </EmptyState>
  );
}

function NoStages(): Html {
  return (
    <EmptyState icon="workflow" title="No stages yet">
      <p>A stage is done by an agent. A gate waits for a person. Add the first one; the others follow it.</p>
    </EmptyState>
  );
}

function AddAtEnd({ view }: { view: BuilderView }): Html {
  return (
    <form class="add-end" method="post" action={`${view.path}/add`} id="add-end">
      <button class={view.rows.length === 0 ? "btn primary" : "btn"} name="kind" value="agent" data-new-stage>
        <Icon name="plus" size="s" />
        Add stage
      </button>
      <button class="btn" name="kind" value="gate">
        <Icon name="hand" size="s" />
        Add gate
      </button>
    </form>
  );
}

interface LinkProps {
  view: BuilderView;
  above: readonly StageFacts[];
  below: readonly StageFacts[];
}

/** What joins two rows, and the place for a stage between them. */
function Link({ view, above, below }: LinkProps): Html {
  const place = above.at(-1)?.key ?? "";
  const id = `add-${domId(place)}`;
  const names = `${above.at(-1)?.stage.name ?? ""} and ${below[0]?.stage.name ?? ""}`;
  return (
    <li class="flow-link" id={`link-${domId(place)}`}>
      <svg viewBox="0 0 120 36" preserveAspectRatio="none" aria-hidden="true">
        {columns(above.length).map((x) => (
          <path d={`M${x} 0C${x} 12 60 4 60 18`} />
        ))}
        {columns(below.length).map((x) => (
          <path d={`M60 18C60 32 ${x} 24 ${x} 36`} />
        ))}
      </svg>
      <Menu id={id} icon="plus" label={`Add between ${names}`}>
        <li>
          <form method="post" action={`${view.path}/add`}>
            <input type="hidden" name="place" value={place} />
            <button name="kind" value="agent">
              <Icon name="bot" size="s" />
              Stage
            </button>
            <button name="kind" value="gate">
              <Icon name="hand" size="s" />
              Gate
            </button>
          </form>
        </li>
      </Menu>
    </li>
  );
}

/** The middles of so many columns; more than three are drawn as three, as they wrap. */
function columns(count: number): number[] {
  const shown = Math.min(count, 3);
  return Array.from({ length: shown }, (_, at) => Math.round(((at + 0.5) / shown) * 120));
}

import { Icon } from "../../components/icon.tsx";
import type { Html } from "../../jsx/jsx-runtime.ts";
import type { BuilderView, StageFacts } from "./builder-view.ts";

/** Asks for the place a stage is to have. Without scripts it is open on a page of its own. */
export function MoveDialog({ view, facts }: { view: BuilderView; facts: StageFacts | null }): Html {
  return (
    <dialog id="move-dialog" class="dialog" aria-labelledby="move-title" closedby="any" open={facts !== null}>
      {facts === null ? null : <MoveForm view={view} facts={facts} />}
    </dialog>
  );
}

export function MoveForm({ view, facts }: { view: BuilderView; facts: StageFacts }): Html {
  const { key, at, stage } = facts;
  const others = view.stages.filter((other) => other.at !== at);
  return (
    <>
      <header>
        <h2 id="move-title">{`Move ${stage.name}`}</h2>
        <a class="btn ghost icon sm" href={view.path} data-close-move aria-label="Close: move">
          <Icon name="x" size="s" />
        </a>
      </header>
      <form class="form" method="post" action={`${view.path}/move`} id="move-form">
        <input type="hidden" name="stage" value={key} />
        <div class="row">
          <label for="move-place">Its place</label>
          <select class="pick" id="move-place" name="to" autofocus>
            <option value="0" selected={at === 0}>
              1, at the beginning
            </option>
            {others.map((other, index) => (
              <option value={index + 1} selected={index + 1 === at}>
                {`${index + 2}, after ${other.stage.name}`}
              </option>
            ))}
          </select>
        </div>
        <div class="acts">
          <a class="btn" href={view.path} data-close-move>
            Not now
          </a>
          <button class="btn primary">Move</button>
        </div>
      </form>
    </>
  );
}

import { Icon } from "../../components/icon.tsx";
import type { Html } from "../../jsx/jsx-runtime.ts";
import { DiffTable } from "../history.tsx";
import type { BuilderView } from "./builder-view.ts";

/** Somebody else has saved, or the file was changed: both versions, and the choice between them. */
export function Conflict({ view }: { view: BuilderView }): Html {
  const { theirs, path } = view;
  return (
    <section id="builder-conflict">
      {theirs === null ? null : (
        <div class="notice paused conflict" role="alert">
          <Icon name="triangle-alert" />
          <div>
            <h2>The saved definition is not the one this draft was made from</h2>
            <p>
              Its file was changed, or somebody else has saved it. Below is what becomes of it when yours is
              kept: lines with − are only in the saved one, lines with + only in yours.
            </p>
            <DiffTable lines={theirs.lines} label="From the saved one to yours" />
            <form method="post" action={`${path}/choose`} class="acts">
              <button class="btn" name="choice" value="theirs">
                Take the saved one
              </button>
              <button class="btn" name="choice" value="mine">
                Keep mine
              </button>
            </form>
            <details class="more">
              <summary class="btn ghost sm">
                <Icon name="chevron-right" size="xs" />
                The saved one, whole
              </summary>
              <textarea class="area code" id="theirs" readonly wrap="off" aria-label="The saved definition">
                {`\n${theirs.text}`}
              </textarea>
            </details>
          </div>
        </div>
      )}
    </section>
  );
}

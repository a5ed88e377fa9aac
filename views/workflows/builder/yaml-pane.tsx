import type { Html } from "../../jsx/jsx-runtime.ts";
import { completions } from "./completions.ts";
import type { BuilderOpen, BuilderView } from "./builder-view.ts";

/** The source, in a field of its own; a script puts an editor in its place. */
export function YamlPane({ view, open }: { view: BuilderView; open: BuilderOpen }): Html {
  const { path, revision, text } = view;
  return (
    <section id="yaml-pane" class="yaml-pane" aria-label="YAML">
      <form class="form" method="post" action={`${path}/text`} id="yaml-form">
        <input type="hidden" name="revision" value={revision} id="yaml-revision" />
        <label class="vh" for="yaml">
          Definition (YAML)
        </label>
        <textarea
          class="area code"
          id="yaml"
          name="text"
          spellcheck="false"
          wrap="off"
          data-schema={completions}
          data-line={open.line}
        >
          {`\n${text}`}
        </textarea>
        <p class="hint needs-script" id="yaml-leave">
          Tab indents. Escape, then Tab leaves the text.
        </p>
        <div class="acts no-script">
          <button class="btn primary">Apply</button>
        </div>
      </form>
      <YamlNow text="" />
    </section>
  );
}

/** The text as it is after a change by other means than the editor, for the script that takes it into the editor. */
export function YamlNow({ text }: { text: string }): Html {
  return (
    <textarea id="yaml-now" hidden aria-hidden="true" tabindex="-1" readonly>
      {`\n${text}`}
    </textarea>
  );
}

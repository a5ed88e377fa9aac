import type { Finding } from "../../../src/workflow/finding.ts";
import { Icon } from "../../components/icon.tsx";
import type { Html } from "../../jsx/jsx-runtime.ts";
import { plural } from "../../components/usage-text.ts";
import { withQuery } from "../../paths.ts";
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

/** All there is to say about the definition, each with the way to its line. */
export function FindingList({ view }: { view: BuilderView }): Html {
  const { errors, warnings } = view.validation;
  const all = [...errors, ...warnings].toSorted((a, b) => a.line - b.line || a.column - b.column);
  return (
    <section id="builder-findings" aria-label="Findings" data-errors={errors.length}>
      {all.length === 0 ? null : (
        <details class="findings" open={errors.length > 0}>
          <summary>
            <Icon name="chevron-right" size="xs" />
            {[
              errors.length > 0 ? plural(errors.length, "error") : null,
              warnings.length > 0 ? plural(warnings.length, "warning") : null,
            ]
              .filter((each) => each !== null)
              .join(", ")}
          </summary>
          <ol>
            {all.slice(0, mostFindings).map((finding) => (
              <FindingLine view={view} finding={finding} />
            ))}
          </ol>
          {all.length > mostFindings ? <p class="muted">{`and ${all.length - mostFindings} more`}</p> : null}
        </details>
      )}
    </section>
  );
}

const mostFindings = 50;

function FindingLine({ view, finding }: { view: BuilderView; finding: Finding }): Html {
  const { severity, line, column, message, hint } = finding;
  return (
    <li class={severity === "error" ? "failed" : "paused"}>
      <a href={withQuery(view.path, { tab: "yaml", line })} data-line-link={line} data-column={column}>
        <code>{`${line}:${column}`}</code>
      </a>{" "}
      <span>
        <span class="vh">{severity === "error" ? "Error: " : "Warning: "}</span>
        {message}
        {hint === null ? null : ` ${hint}`}
      </span>
    </li>
  );
}

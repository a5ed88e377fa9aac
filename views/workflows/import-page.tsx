import type { Finding } from "../../src/workflow/finding.ts";
import { Icon } from "../components/icon.tsx";
import { plural } from "../components/usage-text.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import type { Frame } from "../layout/frame.ts";
import { page } from "../layout/page.tsx";
import { libraryPath } from "../paths.ts";
import { Notice } from "./run-form.tsx";

/** A definition's text on its way into the store. */
export interface ImportDraft {
  text: string;
  findings: readonly Finding[];
  trouble: string | null;
}

export function importPage(frame: Frame, draft: ImportDraft): string {
  const title = "Import a workflow";
  return page({
    frame,
    facts: {
      title,
      documentTitle: title,
      section: "workflows",
      crumbs: [{ name: "Workflows", path: libraryPath }],
    },
    children: (
      <main id="main" class="scroll" tabindex="-1">
        <div class="sheet">
          <h1>{title}</h1>
          <ImportForm draft={draft} />
        </div>
      </main>
    ),
  });
}

function ImportForm({ draft }: { draft: ImportDraft }): Html {
  const { text, findings, trouble } = draft;
  const isDirty = text !== "";
  return (
    <form class="form" method="post" action="/workflows/import" data-editor>
      {trouble === null ? null : <Notice text={trouble} hasFocus />}
      {findings.length === 0 ? null : <Findings findings={findings} />}
      <div class="row" hidden>
        <label for="import-file">A file</label>
        <input id="import-file" type="file" accept=".yaml,.yml,.json" data-fills="source" />
      </div>
      <div class="row">
        <label for="source">
          Its YAML
          <span class="dirty" data-dirty-dot hidden={!isDirty} title="Not saved">
            <span class="vh">not saved</span>
          </span>
        </label>
        <textarea
          class="area code"
          id="source"
          name="text"
          spellcheck="false"
          wrap="off"
          required
          data-dirty={isDirty}
        >
          {`\n${text}`}
        </textarea>
      </div>
      <div class="acts">
        <a class="btn" href={libraryPath}>
          Cancel
        </a>
        <button class="btn primary" name="after" value="close">
          Import
        </button>
      </div>
    </form>
  );
}

function Findings({ findings }: { findings: readonly Finding[] }): Html {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  return (
    <section
      class={errors > 0 ? "notice failed" : "notice paused"}
      aria-labelledby="findings-title"
      tabindex="-1"
      autofocus
    >
      <Icon name="triangle-alert" />
      <div>
        <h2 id="findings-title">
          {errors > 0 ? plural(errors, "error") : plural(findings.length, "warning")}
        </h2>
        <ul>
          {findings.map(({ line, column, message, hint, code }) => (
            <li>
              <code>{`${line}:${column}`}</code> {message}
              {hint === null ? null : <small class="finding-hint">{` ${hint}`}</small>}{" "}
              <code>{`[${code}]`}</code>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

import type { Finding } from "../../src/workflow/finding.ts";
import { Icon } from "../components/icon.tsx";
import { plural } from "../components/usage-text.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import type { Crumb, Frame } from "../layout/frame.ts";
import { page } from "../layout/page.tsx";
import { libraryPath, workflowPath } from "../paths.ts";
import { Notice } from "./run-form.tsx";

/** A definition's source on its way into the store. */
export interface SourceDraft {
  /** Null for a new one. */
  workflow: { slug: string; name: string } | null;
  text: string;
  /** Of the definition the draft was made from; "" for a new one. */
  hash: string;
  findings: readonly Finding[];
  trouble: string | null;
  /** True when the text is not the stored one. */
  isDirty: boolean;
  /** What somebody else has saved meanwhile. */
  theirs: string | null;
}

export function sourceEditorPage(frame: Frame, draft: SourceDraft): string {
  const { workflow } = draft;
  const library = { name: "Workflows", path: libraryPath };
  const crumbs: Crumb[] = workflow
    ? [library, { name: workflow.name, path: workflowPath(workflow.slug) }]
    : [library];
  return page({
    frame,
    facts: {
      title: workflow ? "Edit" : "Import a workflow",
      documentTitle: workflow ? `Edit ${workflow.name}` : "Import a workflow",
      section: "workflows",
      crumbs,
    },
    children: (
      <main id="main" class="scroll" tabindex="-1">
        <div class="sheet">
          <h1>{workflow ? `Edit ${workflow.name}` : "Import a workflow"}</h1>
          <SourceForm draft={draft} />
        </div>
      </main>
    ),
  });
}

function SourceForm({ draft }: { draft: SourceDraft }): Html {
  const { workflow, text, hash, findings, trouble, isDirty, theirs } = draft;
  const action = workflow ? workflowPath(workflow.slug, "edit") : "/workflows/import";
  return (
    <form class="form" method="post" action={action} data-editor>
      {trouble === null ? null : <Notice text={trouble} />}
      {findings.length === 0 ? null : <Findings findings={findings} />}
      <input type="hidden" name="hash" value={hash} />
      {workflow ? null : (
        <div class="row" hidden>
          <label for="import-file">A file</label>
          <input id="import-file" type="file" accept=".yaml,.yml,.json" data-fills="source" />
        </div>
      )}
      <div class="row">
        <label for="source">
          {workflow ? "Definition (YAML)" : "Its YAML"}
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
      {theirs === null ? null : (
        <div class="row">
          <label for="theirs">What has been saved meanwhile</label>
          <textarea class="area code" id="theirs" readonly wrap="off">
            {`\n${theirs}`}
          </textarea>
        </div>
      )}
      <div class="acts">
        <a class="btn" href={workflow ? workflowPath(workflow.slug) : libraryPath}>
          Cancel
        </a>
        {workflow ? (
          <button class="btn" name="after" value="save">
            Save
          </button>
        ) : null}
        <button class="btn primary" name="after" value="close">
          {workflow ? "Save & close" : "Import"}
        </button>
      </div>
    </form>
  );
}

function Findings({ findings }: { findings: readonly Finding[] }): Html {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  return (
    <section class={errors > 0 ? "notice failed" : "notice paused"} aria-labelledby="findings-title">
      <Icon name="triangle-alert" />
      <div>
        <h2 id="findings-title">
          {errors > 0 ? plural(errors, "error") : plural(findings.length, "warning")}
        </h2>
        <ul>
          {findings.map(({ line, column, message, hint, code }) => (
            <li>
              <code>{`${line}:${column}`}</code> {message}
              {hint === null ? null : ` ${hint}`} <code>{`[${code}]`}</code>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

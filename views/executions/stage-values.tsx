import type { HandedIn } from "../../src/execution/handed-in.ts";
import type { Value, ValueObject } from "../../src/expression/value.ts";
import { Markdown } from "../components/markdown.tsx";
import { bytesText, countText, plural } from "../components/usage-text.ts";
import { visible } from "../components/visible.ts";
import type { Child, Html } from "../jsx/jsx-runtime.ts";
import { executionPath } from "../paths.ts";
import type { ExecutionView } from "./execution-view.ts";

export function StageOutput({ view }: { view: ExecutionView }): Html {
  const { selected } = view;
  const attempt = view.address.attempt === 0 ? (selected?.attempts.length ?? 0) : view.address.attempt;
  const left = selected?.attempts.find(({ number }) => number === attempt)?.handed_in;
  return (
    <Values>
      {left ? <HandedInValues left={left} /> : null}
      {entriesOf(selected?.outputs ?? null)}
      {selected?.handoff_summary ? <Prose name="handoff summary" text={selected.handoff_summary} /> : null}
      {selected?.text ? <Prose name="summary" text={selected.text} /> : null}
      {selected?.outputs || selected?.text || left ? null : <p class="muted">No output yet.</p>}
    </Values>
  );
}

/** What a failed attempt had handed in; these are not outputs. */
function HandedInValues({ left }: { left: HandedIn }): Html {
  const { outputs, text, exit_code: code } = left;
  const given =
    typeof outputs === "object" && outputs !== null && !Array.isArray(outputs)
      ? (outputs as ValueObject)
      : outputs === null
        ? {}
        : { outputs };
  return (
    <>
      <p class="muted">
        {`This attempt failed${code === null ? "" : ` (exit code ${code})`}. What it had handed in is no output:`}
      </p>
      {entriesOf(given)}
      {text === null ? null : <Prose name="summary" text={text} />}
    </>
  );
}

/** What an agent wrote for people. */
function Prose({ name, text }: { name: string; text: string }): Html {
  return (
    <section>
      <h3>{name}</h3>
      <Markdown text={text} />
    </section>
  );
}

export function StageInput({ view }: { view: ExecutionView }): Html {
  const inputs = view.selected?.inputs ?? null;
  const isEmpty = inputs === null || Object.keys(inputs).length === 0;
  return (
    <Values>
      {entriesOf(inputs)}
      {isEmpty ? (
        <p class="muted">{inputs === null ? "Not started yet." : "This stage takes no input."}</p>
      ) : null}
    </Values>
  );
}

export function StageContext({ view }: { view: ExecutionView }): Html {
  const consumed = view.selected?.context_consumed ?? [];
  if (consumed.length === 0) {
    return (
      <Values>
        <p class="muted">No context was given to this stage.</p>
      </Values>
    );
  }
  return (
    <Values>
      <table class="wf">
        <caption class="vh">{plural(consumed.length, "context module")}</caption>
        <thead>
          <tr>
            <th scope="col">Module</th>
            <th scope="col">Tokens</th>
            <th scope="col">Size</th>
          </tr>
        </thead>
        <tbody>
          {consumed.map(({ module_id, name, tokens, bytes }) => (
            <tr>
              <th scope="row">
                {name} <small class="muted">{module_id}</small>
              </th>
              <td class="num">{countText(tokens)}</td>
              <td class="num">{bytesText(bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Values>
  );
}

export function StageFiles({ view }: { view: ExecutionView }): Html {
  const { execution, selected, files, address } = view;
  if (!selected || !files || files.length === 0) {
    return (
      <Values>
        <p class="muted">This attempt has left no files.</p>
      </Values>
    );
  }
  const stage = encodeURIComponent(selected.stage_id);
  const attempt = address.attempt === 0 ? selected.attempt_number : address.attempt;
  const base = executionPath(execution.workflow_slug, execution.run_id, `files/${stage}/${attempt}`);
  return (
    <Values>
      <table class="wf">
        <caption class="vh">{plural(files.length, "file")}</caption>
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col">Size</th>
          </tr>
        </thead>
        <tbody>
          {files.map(({ name, bytes }) => (
            <tr>
              <th scope="row">
                <a href={`${base}/${encodeURIComponent(name)}`} download>
                  {name}
                </a>
              </th>
              <td class="num">{bytesText(bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Values>
  );
}

export function StageYaml({ view }: { view: ExecutionView }): Html {
  return (
    <Values>
      {view.yaml === null ? (
        <p class="muted">The definition of this run is gone.</p>
      ) : (
        <NamedText name="as it runs, with every default" text={view.yaml} />
      )}
    </Values>
  );
}

function Values({ children }: { children?: Child }): Html {
  return (
    <div id="stage-body" class="values" tabindex="0" role="region" aria-label="Values">
      {children}
    </div>
  );
}

function entriesOf(values: ValueObject | null): Html[] {
  return Object.entries(values ?? {}).map(([name, value]) => <NamedText name={name} text={textOf(value)} />);
}

function textOf(value: Value): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

export function NamedText({ name, text }: { name: string; text: string }): Html {
  return (
    <section>
      <h3>{name}</h3>
      <pre class="source wraps" tabindex="0" aria-label={name}>
        {visible(text)}
      </pre>
    </section>
  );
}

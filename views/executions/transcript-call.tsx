import type { ToolKind } from "../../src/execution/transcript.ts";
import type { Value } from "../../src/expression/value.ts";
import type { IconName } from "../components/icon-names.ts";
import { Icon } from "../components/icon.tsx";
import { msBetween, spanText } from "../components/time-text.ts";
import { visible } from "../components/visible.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { fragment } from "../layout/fragment.ts";
import { DiffTable } from "../workflows/history.tsx";
import { countChanges, editsOfInput, isObject, isShownByEdits, type FileEdit } from "./transcript-edits.ts";
import type { CallEntry, ResultEntry } from "./transcript-items.ts";
import { TerminalText } from "./terminal-text.tsx";

/** How a transcript is shown. */
export interface TranscriptLook {
  /** Calls are open, because what was searched for may be in them. */
  opensCalls: boolean;
  /** The plan that counts; earlier ones are folded. */
  plan: number;
  /** The folder that the agent works in: files in it are named without it. */
  workdir: string;
  /** The address of an event. */
  link: (seq: number) => string;
}

interface CallProps {
  entry: CallEntry;
  result: ResultEntry | null;
  look: TranscriptLook;
}

/** A call on one line, which opens to what was given and what came back; swapped when the result comes. */
export const CallPart = fragment<CallProps>(
  ({ entry }) => `call-${entry.seq}`,
  "outerMorph",
  ({ entry, result, look }, id) => {
    const { name, tool, title, input } = entry.event;
    const edits = editsOfInput(input);
    return (
      <details id={id} class={`fold call ${stateOf(result)}`} open={look.opensCalls}>
        <summary>
          <Icon name={toolIcon(tool)} size="s" />
          <b>{visible(name)}</b> <span class="title">{visible(lineOf(title, look.workdir))}</span>
          <Changes edits={edits} />
          <Ending entry={entry} result={result} />
        </summary>
        <div class="opened">
          <CallInput input={input} edits={edits} />
          {result === null ? null : <CallResult result={result} id={`e${result.seq}`} />}
        </div>
      </details>
    );
  },
);

/** What came back; `id` is the element's, where the result has no row of its own. */
export function CallResult({ result, id }: { result: ResultEntry; id: string | null }): Html {
  const { text, ok } = result.event;
  return (
    <div class="returned" id={id}>
      <p class="what-it-is">{ok ? "Result" : "Failed"}</p>
      {text.trim() === "" ? <p class="dim">It returned no text.</p> : <TerminalText text={text} />}
    </div>
  );
}

/** Tick or cross, exit code and duration. */
export function Ending({ entry, result }: { entry: CallEntry | null; result: ResultEntry | null }): Html {
  if (result === null) {
    return (
      <span class="ending">
        <span class="under-way">
          <Icon name="loader-circle" size="xs" spins />
          running
        </span>
        <span class="never">no result</span>
      </span>
    );
  }
  const { ok, exit_code } = result.event;
  return (
    <span class="ending">
      {exit_code === undefined ? null : <span class="exit">{`exit ${exit_code}`}</span>}
      {entry === null ? null : <span class="took">{spanText(msBetween(entry.at, result.at, 0))}</span>}
      <span class={ok ? "outcome ok" : "outcome failed"}>
        <span class="vh">{ok ? "succeeded" : "failed"}</span>
        <span aria-hidden="true">{ok ? "✓" : "✗"}</span>
      </span>
    </span>
  );
}

/** A title without line breaks; a file in the working folder by its name there. */
export function lineOf(title: string, workdir: string): string {
  const line = title.slice(0, mostTitle).replace(/\s+/g, " ").trim();
  const folder = workdir === "" || workdir.endsWith("/") ? workdir : `${workdir}/`;
  return folder !== "" && line.startsWith(folder) ? line.slice(folder.length) : line;
}

const mostTitle = 500;

const icons: Record<ToolKind, IconName> = {
  read: "file-text",
  edit: "pencil",
  run: "terminal",
  search: "search",
  fetch: "globe",
  agent: "bot",
  other: "wrench",
};

function toolIcon(tool: ToolKind): IconName {
  return Object.hasOwn(icons, tool) ? icons[tool] : icons.other;
}

function stateOf(result: ResultEntry | null): string {
  if (result === null) return "open-ended";
  return result.event.ok ? "ok" : "failed";
}

function Changes({ edits }: { edits: readonly FileEdit[] }): Html {
  if (edits.length === 0) return <></>;
  const { added, removed } = countChanges(edits);
  return (
    <span class="changes">
      <span class="added">{`+${added}`}</span> <span class="removed">{`−${removed}`}</span>
    </span>
  );
}

function CallInput({ input, edits }: { input: Value; edits: readonly FileEdit[] }): Html {
  if (!isObject(input)) return <TerminalText text={textOf(input)} />;
  const names = Object.keys(input);
  const isEdit = edits.length > 0;
  const shown = names.filter((name) => !isEdit || !isShownByEdits(name)).slice(0, mostShown);
  return (
    <>
      {shown.length === 0 ? null : (
        <dl class="given">
          {shown.map((name) => (
            <div>
              <dt>{visible(name)}</dt>
              <dd>
                <Given value={input[name] ?? null} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {edits.map(({ lines }, at) => (
        <DiffTable lines={lines} label={edits.length === 1 ? "What changes" : `Change ${at + 1}`} />
      ))}
    </>
  );
}

const mostShown = 50;
const shortText = 120;

function Given({ value }: { value: Value }): Html {
  const text = textOf(value);
  if (text.length <= shortText && !text.includes("\n")) return <code>{visible(text)}</code>;
  return <TerminalText text={text} />;
}

function textOf(value: Value): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

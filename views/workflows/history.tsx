import { Icon } from "../components/icon.tsx";
import { Pager } from "../components/pager.tsx";
import { Ago } from "../components/time.tsx";
import { plural } from "../components/usage-text.ts";
import { visible } from "../components/visible.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { workflowPath, withQuery } from "../paths.ts";
import type { DiffLine } from "./diff.ts";

export interface SavedVersion {
  number: number;
  version: string;
  created_at: string;
  definition_hash: string;
}

interface HistoryProps {
  slug: string;
  versions: readonly SavedVersion[];
  /** The hash of the definition in force. */
  current: string;
  /** The two that are compared, the older first. */
  compared: { from: SavedVersion; to: SavedVersion; lines: readonly DiffLine[] } | null;
  next: string | null;
  previous: string | null;
  now: number;
}

/** Every saved definition; any two can be compared, any one made the present one again. */
export function History({ slug, versions, current, compared, next, previous, now }: HistoryProps): Html {
  const path = workflowPath(slug, "history");
  // One alone is compared with nothing.
  const areCompared = versions.length > 1 || next !== null || previous !== null;
  return (
    <div class="sheet">
      <form action={path} class="form">
        <div class="tablewrap" tabindex="0" role="region" aria-label="Saved versions">
          <table class="wf">
            <caption class="vh">{plural(versions.length, "saved version")}</caption>
            <thead>
              <tr>
                {areCompared ? <th scope="col">From</th> : null}
                {areCompared ? <th scope="col">To</th> : null}
                <th scope="col">Save</th>
                <th scope="col">Version</th>
                <th scope="col">When</th>
                <th scope="col">
                  <span class="vh">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {versions.map((saved) => (
                <VersionRow
                  slug={slug}
                  saved={saved}
                  compared={compared}
                  isCompared={areCompared}
                  isCurrent={saved.definition_hash === current}
                  now={now}
                />
              ))}
            </tbody>
          </table>
        </div>
        {areCompared ? (
          <div class="acts">
            <button class="btn">Compare</button>
          </div>
        ) : null}
      </form>
      <Pager next={next} previous={previous} path={path} />
      {compared === null ? null : <Comparison {...compared} />}
    </div>
  );
}

interface RowProps {
  slug: string;
  saved: SavedVersion;
  compared: HistoryProps["compared"];
  /** False: there is nothing to compare it with. */
  isCompared: boolean;
  isCurrent: boolean;
  now: number;
}

function VersionRow({ slug, saved, compared, isCompared, isCurrent, now }: RowProps): Html {
  const { number, version, created_at } = saved;
  return (
    <tr>
      {isCompared ? <Sides number={number} compared={compared} /> : null}
      <th scope="row">{`#${number}`}</th>
      <td>{`v${version}`}</td>
      <td>
        <Ago at={created_at} now={now} />
      </td>
      <td>
        {isCurrent ? (
          <span class="tag">present</span>
        ) : (
          <a class="btn sm" href={withQuery(workflowPath(slug, "restore"), { number })}>
            <Icon name="history" size="s" />
            Restore…
          </a>
        )}
      </td>
    </tr>
  );
}

/** Which of the two it is in a comparison. */
function Sides({ number, compared }: { number: number; compared: HistoryProps["compared"] }): Html {
  return (
    <>
      {(["from", "to"] as const).map((side) => (
        <td>
          <input
            type="radio"
            name={side}
            value={number}
            checked={compared?.[side].number === number}
            aria-label={`Compare ${side} save ${number}`}
          />
        </td>
      ))}
    </>
  );
}

function Comparison({
  from,
  to,
  lines,
}: {
  from: SavedVersion;
  to: SavedVersion;
  lines: readonly DiffLine[];
}): Html {
  const hasChanges = lines.some(({ kind }) => kind === "added" || kind === "removed");
  return (
    <section class="rows" aria-labelledby="comparison-title">
      <h2 id="comparison-title">{`From save #${from.number} to #${to.number}`}</h2>
      {hasChanges ? (
        <DiffTable lines={lines} label={`From save #${from.number} to #${to.number}`} />
      ) : (
        <p>The two are the same.</p>
      )}
    </section>
  );
}

export function DiffTable({ lines, label }: { lines: readonly DiffLine[]; label: string }): Html {
  return (
    <div class="diff" tabindex="0" role="region" aria-label={label}>
      <table>
        <tbody>
          {lines.map((line) => (
            <DiffRow line={line} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const signs = { added: "+", removed: "−", same: " ", gap: "" } as const;

function DiffRow({ line: { kind, text, from, to } }: { line: DiffLine }): Html {
  return (
    <tr class={kind}>
      <td class="at">{from ?? ""}</td>
      <td class="at">{to ?? ""}</td>
      <td class="at">
        <span class="vh">{kind === "same" || kind === "gap" ? "" : `${kind} `}</span>
        <span aria-hidden="true">{signs[kind]}</span>
      </td>
      <td>{visible(text)}</td>
    </tr>
  );
}

import { Icon } from "../components/icon.tsx";
import { plural } from "../components/usage-text.ts";
import { visible } from "../components/visible.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { DiffTable } from "../workflows/history.tsx";
import type { ChangesTab, ExecutionView } from "./execution-view.ts";
import type { FileChange } from "./unified-diff.ts";

/** What a stage has changed in its worktree, file by file. */
export function StageChanges({ view }: { view: ExecutionView }): Html {
  const { changes, selected, execution } = view;
  return (
    <div id="stage-body" class="values changed" tabindex="0" role="region" aria-label="Changes">
      {changes === null || !selected ? (
        <p class="muted">This stage has neither a git worktree nor a commit.</p>
      ) : "trouble" in changes ? (
        <div class="notice failed" role="note">
          <Icon name="circle-x" />
          <p>
            {`What it has changed cannot be told. Git says: ${changes.trouble}. `}
            Look whether its repository is still there.
          </p>
        </div>
      ) : (
        <Changes
          changes={changes}
          branch={selected.workspace?.branch ?? null}
          url={diffPath(execution.run_id, selected.stage_id)}
        />
      )}
    </div>
  );
}

function Changes({
  changes,
  branch,
  url,
}: {
  changes: Exclude<ChangesTab, { trouble: string }>;
  branch: string | null;
  url: string;
}): Html {
  const { files, moreFiles, added, removed, isCut, commit } = changes;
  if (files.length === 0) return <p class="muted">Nothing has changed in its git worktree.</p>;
  const count = files.length + moreFiles;
  return (
    <>
      <div class="changes-head">
        <p>
          <b>{`${isCut ? "At least " : ""}${plural(count, "file")}`}</b>
          <Counts added={added} removed={removed} />
          <span class="muted">{commit === null ? "not committed" : `commit ${commit.slice(0, 12)}`}</span>
          {branch === null ? null : (
            <span class="muted branch">
              <Icon name="git-branch" size="xs" />
              {visible(branch)}
            </span>
          )}
        </p>
        <a class="btn ghost sm" href={url}>
          <Icon name="file-text" size="s" />
          Diff as text
        </a>
      </div>
      {files.map((file, at) => (
        <ChangedFile file={file} isOpen={isOpenAtFirst(files, at)} />
      ))}
      {moreFiles === 0 ? null : <p class="muted">{`${plural(moreFiles, "more file")} not shown here.`}</p>}
      {isCut ? (
        <p class="muted">The diff is longer than what is read of it here. Git shows all of it.</p>
      ) : null}
    </>
  );
}

const words = { added: "new", removed: "removed", changed: "changed", moved: "moved" } as const;
const icons = { added: "plus", removed: "trash-2", changed: "pencil", moved: "file-text" } as const;

function ChangedFile({ file, isOpen }: { file: FileChange; isOpen: boolean }): Html {
  const { path, kind, added, removed } = file;
  return (
    <details class="fold changed-file" open={isOpen}>
      <summary>
        <Icon name={icons[kind]} size="s" />
        <b class="path">{visible(path)}</b>
        <span class="muted">{words[kind]}</span>
        <Counts added={added} removed={removed} />
      </summary>
      <div class="opened">
        <Content file={file} />
      </div>
    </details>
  );
}

function Content({ file }: { file: FileChange }): Html {
  const { path, earlierPath, isBinary, lines, more } = file;
  return (
    <>
      {earlierPath === null ? null : <p class="muted">Its earlier name: {visible(earlierPath)}</p>}
      {isBinary ? <p class="muted">A binary file, whose content is not shown.</p> : null}
      {lines.length === 0 ? null : <DiffTable lines={lines} label={`Changes of ${path}`} />}
      {more === 0 ? null : <p class="muted">{`${plural(more, "more line")} not shown here.`}</p>}
      {isBinary || lines.length + more > 0 || earlierPath !== null ? null : (
        <p class="muted">Its content has no lines that differ.</p>
      )}
    </>
  );
}

function Counts({ added, removed }: { added: number; removed: number }): Html {
  return (
    <span class="changes">
      {added === 0 ? null : <span class="added">{`+${added}`}</span>}
      {removed === 0 ? null : <span class="removed">{`−${removed}`}</span>}
    </span>
  );
}

/** The first files, as long as nobody has to scroll far to see the names of the others. */
function isOpenAtFirst(files: readonly FileChange[], at: number): boolean {
  const before = files.slice(0, at + 1).reduce((sum, { lines }) => sum + lines.length, 0);
  return before <= mostOpenLines;
}

const mostOpenLines = 200;

function diffPath(runId: string, stageId: string): string {
  return `/api/v1/workflow-executions/${encodeURIComponent(runId)}/steps/${encodeURIComponent(stageId)}/diff`;
}

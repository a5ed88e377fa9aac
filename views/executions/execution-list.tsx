import { DamagedNote } from "../components/damaged-note.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { Icon } from "../components/icon.tsx";
import { Pager } from "../components/pager.tsx";
import { plural } from "../components/usage-text.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { Dialog } from "../layout/dialogs.tsx";
import type { Frame } from "../layout/frame.ts";
import { page } from "../layout/page.tsx";
import { workflowPath } from "../paths.ts";
import { ExecutionFilters } from "./execution-filters.tsx";
import { ExecutionLine } from "./execution-line.tsx";
import { listPath, type ExecutionList } from "./execution-query.ts";

export function executionsPage(frame: Frame, list: ExecutionList): string {
  return page({
    frame,
    facts: { title: "Executions", section: "executions" },
    children: (
      <main id="main" class="scroll" tabindex="-1">
        <ExecutionTable list={list} frame={frame} />
      </main>
    ),
  });
}

/** Live rows with what narrows them; also a tab of a workflow's page. */
export function ExecutionTable({ list, frame }: { list: ExecutionList; frame: Frame }): Html {
  const { rows, query, total, damaged, next, previous, workflow } = list;
  return (
    <>
      <ExecutionFilters list={list} />
      <section
        id="list"
        aria-label="Executions"
        hx-get={frame.url}
        hx-trigger="changed from:body"
        hx-select="#list"
        hx-swap="outerMorph"
      >
        <p class="count" role="status">
          {plural(total, "execution")}
        </p>
        <DamagedNote count={damaged} what="execution" />
        {rows.length === 0 && damaged === 0 ? <Nothing list={list} /> : <Rows list={list} now={frame.now} />}
        <Pager next={next} previous={previous} path={listPath(workflow, query)} />
      </section>
      <Dialog id="bulk-cancel" title="Cancel the chosen runs?">
        <div class="form">
          <p>Agents that run are stopped; all that has not finished becomes cancelled. What is done stays.</p>
          <div class="acts">
            <button type="button" class="btn" command="close" commandfor="bulk-cancel" autofocus>
              Let them run
            </button>
            <button class="btn danger" form="bulk">
              Cancel them
            </button>
          </div>
        </div>
      </Dialog>
    </>
  );
}

function Nothing({ list: { query, workflow } }: { list: ExecutionList }): Html {
  const isNarrowed = query.status !== "" || query.trigger !== "" || query.search !== "";
  if (isNarrowed) {
    return (
      <EmptyState icon="search" title="No execution matches">
        <a class="btn" href={listPath(workflow, { status: "", trigger: "", search: "", sort: query.sort })}>
          Show all executions
        </a>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="circle-play" title="Nothing has run yet">
      <p>An execution is one run of a workflow. Everything it does is shown here as it happens.</p>
      <a class="btn primary" href={workflow ? workflowPath(workflow.slug, "run") : "/workflows"}>
        {workflow ? `Run ${workflow.name}` : "Choose a workflow"}
      </a>
    </EmptyState>
  );
}

function Rows({ list, now }: { list: ExecutionList; now: number }): Html {
  const { rows, query, workflow } = list;
  const withFolder = rows.some(({ execution }) => execution.options.workdir !== list.workdir);
  return (
    <form method="post" action="/workflows/executions/cancel" id="bulk">
      <input type="hidden" name="back" value={listPath(workflow, query)} />
      <div class="tablewrap" tabindex="0" role="region" aria-label="Executions as a table">
        <table class="wf runs">
          <thead data-keeps-place>
            <tr>
              <th scope="col">
                <input type="checkbox" data-all aria-label="All live executions" />
              </th>
              <th scope="col">Run</th>
              {workflow ? null : <th scope="col">Workflow</th>}
              <th scope="col">Status</th>
              <th scope="col">Stands</th>
              {withFolder ? <th scope="col">Works in</th> : null}
              <SortedHead list={list} />
              <th scope="col">Took</th>
              <th scope="col">Trigger</th>
              <th scope="col">Cost</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <ExecutionLine row={row} withWorkflow={workflow === null} withFolder={withFolder} now={now} />
            ))}
          </tbody>
        </table>
      </div>
      <div class="bulk">
        <button type="button" class="btn sm danger" command="show-modal" commandfor="bulk-cancel">
          <Icon name="square" size="s" />
          Cancel the chosen
        </button>
      </div>
    </form>
  );
}

function SortedHead({ list: { query, workflow } }: { list: ExecutionList }): Html {
  const isAscending = query.sort === "started_at";
  const sort = isAscending ? "-started_at" : "started_at";
  return (
    <th scope="col" aria-sort={isAscending ? "ascending" : "descending"}>
      <a href={listPath(workflow, { ...query, sort })}>
        Started
        <Icon name="arrow-up-down" size="xs" />
      </a>
    </th>
  );
}

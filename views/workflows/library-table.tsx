import { hasEnded } from "../../src/execution/status.ts";
import { StateWord } from "../components/badge.tsx";
import { executionState } from "../components/state.ts";
import { Ago, Elapsed } from "../components/time.tsx";
import type { Html } from "../jsx/jsx-runtime.ts";
import { workflowPath } from "../paths.ts";
import { isWorthSaying, RunButton, StatusTag, Tags } from "./card.tsx";
import { pathOf, type LibraryQuery } from "./library-query.ts";
import { FileTag } from "./file-problem.tsx";
import { ExecutionStrip } from "./execution-strip.tsx";
import { Shape } from "./shape.tsx";
import { Tile } from "./tile.tsx";
import { WorkflowMenu } from "./workflow-menu.tsx";
import { urgentExecution } from "./urgent-execution.ts";
import type { WorkflowSummary } from "./workflow-summary.ts";

interface TableProps {
  workflows: readonly WorkflowSummary[];
  now: number;
  query: LibraryQuery;
}

export function LibraryTable({ workflows, now, query }: TableProps): Html {
  return (
    <div class="tablewrap" tabindex="0" role="region" aria-label="Workflows as a list">
      <table class="wf">
        <thead>
          <tr>
            <SortHead name="Workflow" sort="name" query={query} />
            <th scope="col">Shape</th>
            <SortHead name="Last run" sort="-last_run" query={query} />
            <th scope="col">Runs</th>
            <th scope="col">Tags</th>
            <SortHead name="Updated" sort="-updated_at" query={query} />
            <th scope="col">
              <span class="vh">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {workflows.map((workflow) => (
            <Row workflow={workflow} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function SortHead({ name, sort, query }: { name: string; sort: string; query: LibraryQuery }): Html {
  const isSorted = query.sort === sort;
  const direction = sort.startsWith("-") ? "descending" : "ascending";
  return (
    <th scope="col" aria-sort={isSorted ? direction : null}>
      <a href={pathOf(query, { sort })}>{name}</a>
    </th>
  );
}

function Row({ workflow, now }: { workflow: WorkflowSummary; now: number }): Html {
  const { slug, name, version, ui, stages, steps, tags, runs, updated_at } = workflow;
  return (
    <tr id={`row-${slug}`}>
      <th scope="row">
        <span class="nm">
          <Tile slug={slug} ui={ui} />
          <span>
            <a href={workflowPath(slug)} title={name}>
              {name}
            </a>
            <small>{`${slug} · v${version}`}</small>
          </span>
          <FileTag problem={workflow.file_problem} />
          {isWorthSaying(workflow) ? <StatusTag status={workflow.status} /> : null}
        </span>
      </th>
      <td>
        <Shape stages={stages} steps={steps} />
      </td>
      <td>
        <Last workflow={workflow} now={now} />
      </td>
      <td>{runs.length === 0 ? null : <ExecutionStrip runs={runs} now={now} />}</td>
      <td>
        <Tags tags={tags} most={2} />
      </td>
      <td>
        <Ago at={updated_at} now={now} />
      </td>
      <td>
        <span class="row-acts">
          <RunButton workflow={workflow} />
          <WorkflowMenu workflow={workflow} />
        </span>
      </td>
    </tr>
  );
}

function Last({ workflow: { runs }, now }: { workflow: WorkflowSummary; now: number }): Html {
  const last = urgentExecution(runs);
  if (!last) return <span class="muted">Never run</span>;
  return (
    <span class="last">
      <StateWord state={executionState(last)} />
      {hasEnded(last.status) ? (
        <Ago at={last.completed_at ?? last.updated_at} now={now} />
      ) : (
        <Elapsed start={last.started_at ?? last.created_at} end={null} now={now} />
      )}
    </span>
  );
}

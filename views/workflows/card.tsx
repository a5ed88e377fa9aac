import type { ExecutionRecord } from "../../src/execution/record.ts";
import { hasEnded } from "../../src/execution/status.ts";
import { StateWord } from "../components/badge.tsx";
import { Icon } from "../components/icon.tsx";
import { executionState, type State } from "../components/state.ts";
import { Ago, Elapsed } from "../components/time.tsx";
import type { Html } from "../jsx/jsx-runtime.ts";
import { workflowPath } from "../paths.ts";
import { FileTag } from "./file-problem.tsx";
import { ExecutionStrip } from "./execution-strip.tsx";
import { Shape } from "./shape.tsx";
import { Tile } from "./tile.tsx";
import { WorkflowMenu } from "./workflow-menu.tsx";
import { urgentExecution } from "./urgent-execution.ts";
import type { WorkflowSummary } from "./workflow-summary.ts";

interface CardProps {
  workflow: WorkflowSummary;
  now: number;
}

export function Card({ workflow, now }: CardProps): Html {
  const { slug, name, version, description, stages, steps, ui } = workflow;
  return (
    <article class="card" id={`workflow-${slug}`} aria-labelledby={`name-${slug}`}>
      <header>
        <Tile slug={slug} ui={ui} />
        <div class="names">
          <h2 id={`name-${slug}`}>
            <a href={workflowPath(slug)}>{name}</a>
          </h2>
          <p class="id">{`${slug} · v${version}`}</p>
        </div>
        <WorkflowMenu workflow={workflow} />
      </header>
      <p class="desc">{description ?? ""}</p>
      <div class="shape">
        <Shape stages={stages} steps={steps} />
      </div>
      <LastRun workflow={workflow} now={now} />
      <footer>
        <Tags tags={workflow.tags} most={2} />
        <a class="btn ghost icon sm desk" href={workflowPath(slug, "edit")} aria-label={`Edit ${name}`}>
          <Icon name="pencil" size="s" />
        </a>
        <RunButton workflow={workflow} />
      </footer>
    </article>
  );
}

export function RunButton({ workflow: { slug, name } }: { workflow: WorkflowSummary }): Html {
  return (
    <a class="btn sm" href={workflowPath(slug, "run")} data-run aria-label={`Run ${name}`}>
      <Icon name="play" size="s" />
      Run
    </a>
  );
}

export function LastRun({ workflow, now }: CardProps): Html {
  const last = urgentExecution(workflow.runs);
  return (
    <div class="last">
      <FileTag problem={workflow.file_problem} />
      {isWorthSaying(workflow) ? <StatusTag status={workflow.status} /> : null}
      {last ? (
        <>
          <StateWord state={stateOf(last, workflow)} />
          {hasEnded(last.status) ? (
            <Ago at={last.completed_at ?? last.updated_at} now={now} />
          ) : (
            <Elapsed start={last.started_at ?? last.created_at} end={null} now={now} />
          )}
          <ExecutionStrip runs={workflow.runs} now={now} />
        </>
      ) : (
        <span>Never run</span>
      )}
    </div>
  );
}

/** A failed run says where it failed; the steps are the newest run's. */
function stateOf(run: ExecutionRecord, { runs: [newest], steps }: WorkflowSummary): State {
  const state = executionState(run);
  if (state.mark !== "failed" || run !== newest) return state;
  const failed = steps.find(({ status }) => status === "failed" || status === "timed_out");
  return failed ? { mark: "failed", word: `Failed at ${failed.stage_name}` } : state;
}

/** What runs is no draft to be warned of; what was archived always says so. */
export function isWorthSaying({ status, runs }: WorkflowSummary): boolean {
  return status === "archived" || (status === "draft" && runs.length === 0);
}

export function StatusTag({ status }: { status: WorkflowSummary["status"] }): Html {
  return <span class={`tag status-${status}`}>{status}</span>;
}

export function Tags({ tags, most }: { tags: readonly string[]; most: number }): Html {
  const more = tags.length - most;
  return (
    <div class="tags">
      {tags.slice(0, most).map((tag) => (
        <span class="tag">{tag}</span>
      ))}
      {more > 0 ? (
        <span class="tag" title={tags.slice(most).join(", ")}>
          <span class="vh">and </span>
          {`+${more}`}
          <span class="vh"> more tags</span>
        </span>
      ) : null}
    </div>
  );
}

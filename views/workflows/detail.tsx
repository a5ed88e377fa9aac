import { Icon } from "../components/icon.tsx";
import type { Child, Html } from "../jsx/jsx-runtime.ts";
import { Dialog } from "../layout/dialogs.tsx";
import type { Frame } from "../layout/frame.ts";
import { page } from "../layout/page.tsx";
import { CommandLine, quoteWord } from "../executions/execution-controls.tsx";
import { libraryPath, workflowPath } from "../paths.ts";
import { LastRun, StatusTag, Tags } from "./card.tsx";
import { FileNotice } from "./file-problem.tsx";
import { Shape } from "./shape.tsx";
import { Tile } from "./tile.tsx";
import { WorkflowMenu } from "./workflow-menu.tsx";
import type { WorkflowSummary } from "./workflow-summary.ts";

const tabs = [
  ["", "Stages"],
  ["executions", "Executions"],
  ["settings", "Settings"],
  ["history", "History"],
] as const;

export type DetailTab = (typeof tabs)[number][0];

interface DetailProps {
  frame: Frame;
  workflow: WorkflowSummary;
  tab: DetailTab;
  children?: Child;
}

/** A workflow's page: what it is, and one of its tabs. */
export function detailPage({ frame, workflow, tab, children }: DetailProps): string {
  const { slug, name } = workflow;
  return page({
    frame,
    facts: { title: name, section: "workflows", crumbs: [{ name: "Workflows", path: libraryPath }] },
    actions: <Actions workflow={workflow} />,
    children: (
      <main id="main" class="scroll" tabindex="-1">
        <Head workflow={workflow} now={frame.now} />
        <FileNotice problem={workflow.file_problem} slug={slug} />
        <nav class="tabs" aria-label="Parts of the workflow" data-keeps-place>
          {tabs.map(([part, word]) => (
            <a href={workflowPath(slug, part)} aria-current={part === tab ? "page" : null}>
              {word}
            </a>
          ))}
        </nav>
        {children}
        <Dialog id="workflow-cli" title="The same from a terminal" isWide>
          <div class="rows">
            <CommandLine name="Run it" line={`skillmeat workflow run ${quoteWord(slug)}`} />
            <CommandLine name="See its plan" line={`skillmeat workflow plan ${quoteWord(slug)}`} />
            <CommandLine name="See its executions" line={`skillmeat workflow runs ${quoteWord(slug)}`} />
          </div>
        </Dialog>
      </main>
    ),
  });
}

function Head({ workflow, now }: { workflow: WorkflowSummary; now: number }): Html {
  const { slug, name, version, description, ui, stages, steps, tags, status } = workflow;
  return (
    <div class="whead" id="workflow-head">
      <Tile slug={slug} ui={ui} />
      <div class="names">
        <h1>{name}</h1>
        <p class="id">
          {`${slug} · v${version} `}
          <StatusTag status={status} />
        </p>
        {description === null ? null : <p>{description}</p>}
        <Tags tags={tags} most={12} />
      </div>
      <div class="whead-last">
        <Shape stages={stages} steps={steps} />
        <LastRun workflow={{ ...workflow, status: "published", file_problem: null }} now={now} />
      </div>
    </div>
  );
}

function Actions({ workflow }: { workflow: WorkflowSummary }): Html {
  const { slug, name } = workflow;
  return (
    <>
      <button type="button" class="btn ghost sm desk" command="show-modal" commandfor="workflow-cli">
        <Icon name="terminal" size="s" />
        Copy as CLI
      </button>
      <a class="btn ghost sm desk" href={workflowPath(slug, "edit")} data-edit-this>
        <Icon name="pencil" size="s" />
        Edit
      </a>
      <WorkflowMenu workflow={workflow} />
      <a
        class="btn primary sm"
        href={workflowPath(slug, "run")}
        data-run-this
        data-run
        aria-label={`Run ${name}`}
      >
        <Icon name="play" size="s" />
        Run
      </a>
    </>
  );
}

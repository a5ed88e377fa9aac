import type { Html } from "../../jsx/jsx-runtime.ts";
import type { Crumb, Frame } from "../../layout/frame.ts";
import { page } from "../../layout/page.tsx";
import { libraryPath, workflowPath, withQuery } from "../../paths.ts";
import { BuilderActions, BuilderState } from "./builder-actions.tsx";
import { titleOf } from "./builder-title.ts";
import type { BuilderOpen, BuilderView } from "./builder-view.ts";
import { FileNotice } from "../file-problem.tsx";
import { Conflict } from "./conflict.tsx";
import { FindingList } from "./finding-list.tsx";
import { Flow } from "./flow.tsx";
import { MoveDialog } from "./move-dialog.tsx";
import { PlanPart, SideForm } from "./side.tsx";
import { StageDialog } from "./stage-editor.tsx";
import { Suggestions, valueTypes } from "./suggestions.tsx";
import { YamlPane } from "./yaml-pane.tsx";

/** Form and text of one definition, in step. */
export function builderPage(frame: Frame, view: BuilderView, open: BuilderOpen): string {
  const { workflow, name } = view;
  const library = { name: "Workflows", path: libraryPath };
  const crumbs: Crumb[] = workflow
    ? [library, { name: workflow.name, path: workflowPath(workflow.slug) }]
    : [library];
  const title = workflow ? "Edit" : "New workflow";
  return page({
    frame,
    facts: {
      title,
      documentTitle: titleOf(view),
      section: "workflows",
      crumbs,
      // A stage has half a dozen stops for the Tab key, and the form of the whole comes after all of them.
      skips: view.root === null ? [] : [{ name: "Skip to the name and settings", path: "#w-workflow-name" }],
      extra: builderFiles,
      hasAllIcons: true,
    },
    actions: <BuilderActions view={view} />,
    children: (
      <main id="main" class="builder" tabindex="-1" data-builder={view.path}>
        <h1 class="vh">{workflow ? `Edit ${name}` : `New workflow: ${name}`}</h1>
        <BuilderState view={view} />
        <Tabs view={view} open={open} />
        <div class="builder-split">
          <div class="builder-main">
            {workflow?.file_problem && workflow.file_problem.kind !== "invalid" ? (
              <FileNotice problem={workflow.file_problem} slug={workflow.slug} />
            ) : null}
            <Conflict view={view} />
            <FindingList view={view} tab={open.tab} />
            {open.tab === "yaml" ? <YamlPane view={view} open={open} /> : <Flow view={view} />}
          </div>
          <aside class="builder-side" aria-label="The workflow as a whole">
            <PlanPart view={view} />
            <SideForm view={view} />
          </aside>
        </div>
        <StageDialog view={view} facts={open.editing} />
        <Suggestions id="value-types" texts={valueTypes} />
        <MoveDialog view={view} facts={open.moving} />
      </main>
    ),
  });
}

export const builderFiles = { styles: ["builder"], scripts: ["builder/builder"] };

function Tabs({ view, open }: { view: BuilderView; open: BuilderOpen }): Html {
  return (
    <nav class="tabs" aria-label="Form or text" data-keeps-place>
      <a href={view.path} aria-current={open.tab === "stages" ? "page" : null} data-inside>
        Stages
      </a>
      <a
        href={withQuery(view.path, { tab: "yaml" })}
        aria-current={open.tab === "yaml" ? "page" : null}
        data-inside
      >
        YAML
      </a>
    </nav>
  );
}

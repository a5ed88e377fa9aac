import { dashboardPage } from "../../../views/executions/dashboard.tsx";
import { EarlierPart } from "../../../views/executions/log.tsx";
import { render } from "../../../views/jsx/jsx-runtime.ts";
import { executionPath } from "../../../views/paths.ts";
import { AppError } from "../../errors.ts";
import { getExecution, getSteps } from "../../store/executions.ts";
import { namedFile } from "./output-files.ts";
import { decidedAs } from "./decided-as.ts";
import { frameOf } from "./page-frame.ts";
import { html, redirect, type PageCall, type PageRoutes, type Answer } from "./page-route.ts";
import { runStream } from "./run-stream.ts";
import { runViewOf, withLog } from "./run-view-of.ts";
import { shownToast } from "./toast-cookie.ts";

const run = "/workflows/:id/executions/:run";

export function mountRunPages(routes: PageRoutes): void {
  routes.kept(run, dashboard);
  routes.page(`${run}/live`, ({ context, request, url, params }) =>
    runStream(context, { request, runId: params["run"] ?? "", query: url.searchParams }),
  );
  routes.page(`${run}/stages/:stage/:attempt/log`, earlierLines);
  routes.page(`${run}/stages/:stage/:attempt/log.txt`, download);
  routes.page(`${run}/files/:stage/:attempt/:name`, file);
}

async function dashboard({ context, request, url, params }: PageCall): Promise<Answer> {
  const view = runViewOf(context, params["run"] ?? "", url.searchParams, decidedAs(request));
  const { workflow_slug, run_id } = view.execution;
  // One address for one execution, whatever name of the workflow the link had.
  if (params["id"] !== workflow_slug) return redirect(executionPath(workflow_slug, run_id) + url.search);
  const frame = frameOf(context, request);
  const whole = await withLog(context, view, url.searchParams);
  return html(dashboardPage(frame, whole), 200, shownToast(request));
}

/** Lines before those the page has. */
async function earlierLines({ context, request, url, params }: PageCall): Promise<Answer> {
  const query = new URLSearchParams(url.searchParams);
  query.set("stage", params["stage"] ?? "");
  query.set("attempt", params["attempt"] ?? "");
  const run = runViewOf(context, params["run"] ?? "", query, decidedAs(request));
  const view = await withLog(context, run, query);
  return html(view.log ? render(EarlierPart({ view, log: view.log })) : "");
}

/** The API gives the whole log; its address is the API's own. */
function download({ url, params }: PageCall): Answer {
  const { run: runId = "", stage = "", attempt = "" } = params;
  const query = new URLSearchParams({ download: "1", attempt });
  for (const name of ["search", "stream"]) {
    const value = url.searchParams.get(name);
    if (value) query.set(name, value);
  }
  const path = `/api/v1/workflow-executions/${encodeURIComponent(runId)}/steps/${encodeURIComponent(stage)}/logs`;
  return redirect(`${path}?${query}`);
}

function file({ context, params }: PageCall): Answer {
  const { run: runId = "", stage = "", name = "" } = params;
  const execution = getExecution(context.store, runId);
  const step = getSteps(context.store, runId).find(({ stage_id }) => stage_id === stage);
  const path = step ? namedFile(execution, step, name) : null;
  if (path === null) throw new AppError("not_found", `no output of "${stage}" names the file "${name}"`);
  const saveAs = (name.split(/[\\/]/).at(-1) ?? "file").replaceAll(/[^\w.-]/g, "_");
  return new Response(Bun.file(path), {
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="${saveAs}"`,
    },
  });
}

import { dashboardPage } from "../../../views/executions/dashboard.tsx";
import type { ExecutionView, Tab } from "../../../views/executions/execution-view.ts";
import { EarlierPart } from "../../../views/executions/log.tsx";
import { EarlierTranscript } from "../../../views/executions/transcript.tsx";
import { render } from "../../../views/jsx/jsx-runtime.ts";
import { executionPath } from "../../../views/paths.ts";
import { AppError } from "../../errors.ts";
import type { TranscriptEntry } from "../../execution/transcript-facts.ts";
import { transcriptMarkdown } from "../../execution/transcript-markdown.ts";
import { getExecution, getSteps } from "../../store/executions.ts";
import { isFiltered, wantedText } from "./log-part.ts";
import { namedFile } from "./output-files.ts";
import { lastDecider } from "./decider-cookie.ts";
import { frameOf } from "./page-frame.ts";
import { html, redirect, type PageCall, type PageRoutes, type Answer } from "./page-route.ts";
import { executionStream } from "./execution-stream.ts";
import { addressOf, readExecutionView, wholeOf, withLog } from "./read-execution-view.ts";
import { shownToast } from "./toast-cookie.ts";
import { transcriptSlices, type AttemptKey } from "./transcript-slices.ts";

const run = "/workflows/:id/executions/:run";

export function mountExecutionDashboard(routes: PageRoutes): void {
  routes.kept(run, dashboard);
  routes.page(`${run}/live`, ({ context, request, url, params }) =>
    executionStream(context, { request, runId: params["run"] ?? "", query: url.searchParams }),
  );
  routes.page(`${run}/stages/:stage/:attempt/log`, earlierLines);
  routes.page(`${run}/stages/:stage/:attempt/log.txt`, download);
  routes.page(`${run}/stages/:stage/:attempt/transcript`, earlierEvents);
  routes.page(`${run}/stages/:stage/:attempt/transcript.md`, transcriptText);
  routes.page(`${run}/files/:stage/:attempt/:name`, file);
}

async function dashboard({ context, request, url, params }: PageCall): Promise<Answer> {
  const view = readExecutionView(context, params["run"] ?? "", url.searchParams, lastDecider(request));
  const { workflow_slug, run_id } = view.execution;
  // An execution has one address, whatever name of the workflow the link had.
  if (params["id"] !== workflow_slug) return redirect(executionPath(workflow_slug, run_id) + url.search);
  const frame = frameOf(context, request);
  const whole = await withLog(context, view, url.searchParams);
  return html(dashboardPage(frame, whole), 200, shownToast(request));
}

/** Lines before those the page has. */
async function earlierLines(call: PageCall): Promise<Answer> {
  const view = await readPart(call, "log");
  return html(view.log ? render(EarlierPart({ view, log: view.log })) : "");
}

/** Events of a transcript before those the page has. */
async function earlierEvents(call: PageCall): Promise<Answer> {
  const view = await readPart(call, "transcript");
  const { transcript } = view;
  return html(transcript ? render(EarlierTranscript({ view, transcript })) : "");
}

function readPart({ context, request, url, params }: PageCall, tab: Tab): Promise<ExecutionView> {
  const { run: runId = "", stage = "", attempt = "" } = params;
  const query = new URLSearchParams(url.searchParams);
  query.set("stage", stage);
  query.set("attempt", attempt);
  query.set("tab", tab);
  return withLog(context, readExecutionView(context, runId, query, lastDecider(request)), query);
}

/** The whole transcript of an attempt as Markdown. */
function transcriptText({ context, request, params }: PageCall): Response {
  const { run: runId = "", stage = "", attempt = "" } = params;
  const { run_id, last_event } = getExecution(context.store, runId);
  const key = { run_id, stage_id: stage, attempt: wholeOf(attempt) };
  const text = markdownOf(transcriptSlices(context.store, key, { until: last_event }), key);
  return textFile(text, request.signal, `${stage}-${runId.slice(0, 8)}.md`, "text/markdown");
}

async function* markdownOf(
  slices: AsyncGenerator<TranscriptEntry[]>,
  { stage_id, attempt }: AttemptKey,
): AsyncGenerator<string> {
  yield `# Transcript of stage ${stage_id}, attempt ${attempt}\n\n`;
  for await (const entries of slices) yield entries.map(transcriptMarkdown).join("");
}

/** The API gives the whole log; filtering it is a matter of the page. */
function download({ context, request, url, params }: PageCall): Response {
  const { run: runId = "", stage = "", attempt = "" } = params;
  const { search, stream, level } = addressOf(url.searchParams);
  const wanted = { search, stream, level };
  if (isFiltered(wanted)) {
    const { run_id } = getExecution(context.store, runId);
    const text = wantedText(context.store, { run_id, stage_id: stage, attempt: wholeOf(attempt) }, wanted);
    return textFile(text, request.signal, `${stage}-${runId.slice(0, 8)}-part.log`);
  }
  const query = new URLSearchParams({ download: "1", attempt });
  const path = `/api/v1/workflow-executions/${encodeURIComponent(runId)}/steps/${encodeURIComponent(stage)}/logs`;
  return redirect(`${path}?${query}`);
}

/** Reads on only as fast as the client takes it, and ends when the client goes away. */
function textFile(
  parts: AsyncGenerator<string>,
  signal: AbortSignal,
  name: string,
  type = "text/plain",
): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const next = signal.aborted ? { done: true as const, value: undefined } : await parts.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
  });
  return new Response(body, {
    headers: {
      "content-type": `${type}; charset=utf-8`,
      "content-disposition": `attachment; filename="${name.replaceAll(/[^\w.-]/g, "_")}"`,
    },
  });
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

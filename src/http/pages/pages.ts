import type { Elysia } from "elysia";
import { problemDocument } from "../../../views/problem.tsx";
import type { Problem } from "../server/problem.ts";
import type { Context } from "../server/server-parts.ts";
import { mountApprovals } from "./approval-pages.ts";
import { mountBuilder } from "./builder/builder-pages.ts";
import { mountCollection } from "./collection-pages.ts";
import { mountExecutionLists } from "./execution-lists.ts";
import { mountFind } from "./find-pages.ts";
import { mountImport } from "./import-pages.ts";
import { mountLibrary } from "./library-pages.ts";
import { mountLiveStream } from "./live-stream.ts";
import { plainFrame } from "./page-frame.ts";
import { createPageApp, pageRoutes, redirect } from "./page-route.ts";
import { mountExecutionControls } from "./execution-controls.ts";
import { mountRunForm } from "./run-form-pages.ts";
import { mountExecutionDashboard } from "./execution-dashboard.ts";
import { mountTrials } from "./try-pages.ts";
import { mountSettings } from "./settings-pages.ts";
import { mountWorkflowPages } from "./workflow-pages.ts";

/** The pages, as a part of the application. */
export function pages(context: Context): Elysia {
  const app = createPageApp();
  const routes = pageRoutes(app, context, { needEngine: true });
  const always = pageRoutes(app, context, { needEngine: false });
  app.get("/", () => redirect(context.engineEnabled ? "/workflows" : "/agents"));
  const mounts = [
    mountLibrary,
    mountBuilder,
    mountImport,
    mountExecutionLists,
    mountWorkflowPages,
    mountRunForm,
  ].concat([
    mountExecutionDashboard,
    mountExecutionControls,
    mountApprovals,
    mountFind,
    mountLiveStream,
    mountTrials,
  ]);
  for (const mount of mounts) mount(routes);
  for (const mount of [mountCollection, mountSettings]) mount(always);
  return app as unknown as Elysia;
}

/** An error as a page, for whoever asked for a page; null: as JSON. */
export function problemPage(
  { status, message, details, headers }: Problem,
  traceId: string,
  context: Context,
  request: Request,
): Response | null {
  const lines = details.map((detail) => ({ path: detail.path, message: detail.message }));
  const document = problemDocument(plainFrame(context, request), { status, message, lines, traceId });
  return new Response(document, {
    status,
    headers: { ...headers, "content-type": "text/html; charset=utf-8" },
  });
}

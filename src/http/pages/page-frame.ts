import type { Frame, Theme, Toast } from "../../../views/layout/frame.ts";
import { openArtifacts } from "../../collection/artifacts.ts";
import { listModules } from "../../collection/list-modules.ts";
import { lastEventId } from "../../store/feed.ts";
import { countLiveSteps } from "../../store/count-steps.ts";
import { listExecutions } from "../../store/list-executions.ts";
import { assetUrl } from "../server/assets.ts";
import { cookieOf } from "../server/cookie.ts";
import type { Context } from "../server/server-parts.ts";
import { toastOf } from "./toast-cookie.ts";

const mostLive = 6;
const countsLifeMs = 5_000;

/** What is around every page, as things stand now. */
export function frameOf(context: Context, request: Request, toast: Toast | null = null): Frame {
  const { store } = context;
  // Read before anything else: an event in between is then sent again, and not missed.
  const lastEvent = lastEventId(store);
  const live = listExecutions(store, { live: true, limit: mostLive });
  const steps = countLiveSteps(store);
  const url = new URL(request.url);
  return {
    ...plainFrame(context, request, toast),
    url: url.pathname + url.search,
    live: live.items,
    liveCount: live.total_count,
    waitingCount: steps.get("waiting_for_approval") ?? 0,
    counts: artifactCounts(context),
    engine: { running: steps.get("running") ?? 0, trouble: context.engineTrouble() },
    lastEvent,
  };
}

/** The same without reading the database, for the page that says what is wrong with it. */
export function plainFrame(context: Context, request: Request, toast: Toast | null = null): Frame {
  return {
    now: Date.now(),
    url: "/",
    theme: themeOf(cookieOf(request, "theme")),
    singleKeys: cookieOf(request, "keys") !== "off",
    asset: assetUrl,
    live: [],
    liveCount: 0,
    waitingCount: 0,
    counts: { agents: 0, skills: 0, context: 0 },
    engine: { running: 0, trouble: context.engineTrouble() },
    lastEvent: 0,
    hasWorkflows: context.engineEnabled,
    toast: toast ?? toastOf(request),
  };
}

function themeOf(given: string | null): Theme | null {
  return given === "light" || given === "dark" ? given : null;
}

interface CountedFrame {
  at: number;
  counts: Frame["counts"];
}

const counted = new WeakMap<Context, CountedFrame>();

/** Reading folders would take most of the time of every page; a new artifact shows within seconds. */
function artifactCounts(context: Context): Frame["counts"] {
  const known = counted.get(context);
  const at = Date.now();
  if (known && at - known.at < countsLifeMs) return known.counts;
  const artifacts = artifactsOf(context);
  const counts = {
    agents: artifacts.list("agent").length,
    skills: artifacts.list("skill").length,
    context: modulesOf(context).length,
  };
  counted.set(context, { at, counts });
  return counts;
}

export function modulesOf({ options: { workdir }, home, userHome }: Context) {
  return listModules({ beside: workdir, workdir, home, userHome });
}

export function artifactsOf({ options: { workdir }, home, userHome }: Context) {
  return openArtifacts({ beside: workdir, workdir, home, userHome });
}

import { SidebarLive } from "../../../views/layout/sidebar.tsx";
import type { Section } from "../../../views/layout/frame.ts";
import { lastEventId } from "../../store/feed.ts";
import { resumeAfter } from "../stream/event-stream.ts";
import { frameOf } from "./page-frame.ts";
import type { PageCall, PageRoutes } from "./page-route.ts";
import { fragments, message, pageStream } from "./page-stream.ts";
import { wholeOf } from "./read-execution-view.ts";

/**
 * The stream of every page except an execution's own: the sidebar as it changes, and a note when a list may have
 * changed.
 */
export function mountLiveStream(routes: PageRoutes): void {
  routes.page("/live", follow);
}

function follow({ context, request, url }: PageCall): Response {
  const after = resumeAfter(request, wholeOf(url.searchParams.get("after"))) ?? 0;
  let seen = after;
  const changes = (): string => {
    const last = lastEventId(context.store);
    if (last <= seen) return "";
    seen = last;
    const live = SidebarLive.update({ frame: frameOf(context, request), section: sectionOf(url) });
    return fragments(String(last), [live]) + message("changed-executions", "now");
  };
  return pageStream(context, request, { topic: { kind: "all" }, after, changes, isOver: () => false });
}

const sections: readonly Section[] = ["workflows", "executions", "approvals"];

function sectionOf(url: URL): Section {
  return sections.find((section) => section === url.searchParams.get("section")) ?? null;
}

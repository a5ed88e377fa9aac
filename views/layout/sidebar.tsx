import { Icon } from "../components/icon.tsx";
import type { IconName } from "../components/icon-names.ts";
import { executionName } from "../components/execution-name.ts";
import { executionState } from "../components/state.ts";
import { StateIcon } from "../components/badge.tsx";
import { Elapsed } from "../components/time.tsx";
import { plural } from "../components/usage-text.ts";
import type { Child, Html } from "../jsx/jsx-runtime.ts";
import { comesAlong, fragment } from "./fragment.ts";
import { approvalsPath, executionPath, executionsPath, libraryPath } from "../paths.ts";
import type { Frame, LiveRun, Section } from "./frame.ts";
import { Mark } from "./mark.tsx";

export function Sidebar({ frame, section }: { frame: Frame; section: Section }): Html {
  return (
    <aside class="side" aria-label="Sidebar">
      <a class="ws" href="/">
        <Mark />
        <b>skillmeat</b>
      </a>
      {frame.hasWorkflows ? (
        <>
          <a class="find" href="/find" data-palette aria-keyshortcuts="Control+K Meta+K">
            <Icon name="search" size="s" />
            <span>Search or run…</span>
            <kbd>⌘K</kbd>
          </a>
          <SidebarLive frame={frame} section={section} />
        </>
      ) : null}
      <h2 id="catalogue-title">Catalogue</h2>
      <nav class="nav" aria-labelledby="catalogue-title">
        <ul>
          <Entry href="/agents" icon="bot" name="Agents" isHere={section === "agents"}>
            <span class="n">{frame.counts.agents}</span>
          </Entry>
          <Entry href="/skills" icon="sparkles" name="Skills" isHere={section === "skills"}>
            <span class="n">{frame.counts.skills}</span>
          </Entry>
          <Entry href="/context" icon="layers" name="Context" isHere={section === "context"}>
            <span class="n">{frame.counts.context}</span>
          </Entry>
        </ul>
      </nav>
      <SidebarFoot frame={frame} section={section} />
    </aside>
  );
}

/** The parts that change while people look: the counts and the live executions. Swapped as a whole. */
export const SidebarLive = fragment<{ frame: Frame; section: Section }>(
  "side-live",
  "outerMorph",
  ({ frame, section }, id) => {
    const { liveCount, waitingCount, live, now } = frame;
    return (
      <div id={id} class="side-live" {...comesAlong}>
        <nav class="nav" aria-label="Main">
          <ul>
            <Entry href={libraryPath} icon="workflow" name="Workflows" isHere={section === "workflows"} />
            <Entry
              href={executionsPath}
              icon="circle-play"
              name="Executions"
              isHere={section === "executions"}
            >
              {liveCount > 0 ? <span class="n">{`${liveCount} live`}</span> : null}
            </Entry>
            <Entry href={approvalsPath} icon="inbox" name="Approvals" isHere={section === "approvals"}>
              <WaitingCount count={waitingCount} isHot />
            </Entry>
          </ul>
        </nav>
        {live.length === 0 ? null : (
          <>
            <h2 id="live-title">Live now</h2>
            <nav class="nav live" aria-labelledby="live-title">
              <ul>
                {live.map((run) => (
                  <LiveEntry run={run} now={now} isHere={frame.url.includes(run.run_id)} />
                ))}
              </ul>
            </nav>
          </>
        )}
      </div>
    );
  },
);

function LiveEntry({ run, now, isHere }: { run: LiveRun; now: number; isHere: boolean }): Html {
  const state = executionState(run);
  const place =
    state.mark === "running"
      ? `${run.progress_done} of ${plural(run.progress_total, "stage")}`
      : state.word.toLowerCase();
  return (
    <li>
      <a href={executionPath(run.workflow_slug, run.run_id)} aria-current={isHere ? "page" : null}>
        <span class={`state ${state.mark}`}>
          <StateIcon mark={state.mark} size="s" />
        </span>
        <b>{run.workflow_name}</b>
        <Elapsed start={run.started_at ?? run.created_at} end={null} now={now} />
        <small>{`${executionName(run.run_id)} · ${place}`}</small>
      </a>
    </li>
  );
}

function SidebarFoot({ frame, section }: { frame: Frame; section: Section }): Html {
  return (
    <footer>
      <span class={frame.engine.trouble ? "engine failed" : "engine"}>
        <i></i>
        {frame.hasWorkflows ? engineText(frame.engine) : "Workflows are off"}
      </span>
      <a
        class="btn ghost icon sm"
        href="/settings"
        aria-label="Settings"
        aria-current={section === "settings" ? "page" : null}
      >
        <Icon name="settings" size="s" />
      </a>
      <a class="btn ghost icon sm" href="/settings#keys" data-help aria-label="Keyboard shortcuts">
        <Icon name="keyboard" size="s" />
      </a>
      <form method="post" action="/settings/theme" data-theme-form>
        <input type="hidden" name="back" value={frame.url} />
        <button
          class="btn ghost icon sm"
          name="theme"
          value={frame.theme === "dark" ? "light" : "dark"}
          aria-label="Switch between light and dark"
        >
          <Icon name={frame.theme === "dark" ? "sun" : "moon"} size="s" />
        </button>
      </form>
    </footer>
  );
}

function engineText({ running, trouble }: Frame["engine"]): string {
  if (trouble) return trouble.kind === "failed" ? "Engine stopped" : "Engine waits";
  return running === 0 ? "Engine ready" : `${plural(running, "agent")} at work`;
}

export function WaitingCount({ count, isHot }: { count: number; isHot: boolean }): Html {
  if (count === 0) return <></>;
  return (
    <span class={isHot ? "n hot" : "n"}>
      {count}
      <span class="vh"> waiting</span>
    </span>
  );
}

interface EntryProps {
  href: string;
  icon: IconName;
  name: string;
  isHere: boolean;
  children?: Child;
}

function Entry({ href, icon, name, isHere, children }: EntryProps): Html {
  return (
    <li>
      <a href={href} aria-current={isHere ? "page" : null}>
        <Icon name={icon} />
        <span>{name}</span>
        {children}
      </a>
    </li>
  );
}

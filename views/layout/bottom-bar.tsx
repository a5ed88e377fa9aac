import { Icon } from "../components/icon.tsx";
import type { Html } from "../jsx/jsx-runtime.ts";
import { approvalsPath, executionsPath, libraryPath } from "../paths.ts";
import type { Frame, Section } from "./frame.ts";
import { WaitingCount } from "./sidebar.tsx";

/** The navigation of a phone. */
export function BottomBar({ frame, section }: { frame: Frame; section: Section }): Html {
  if (!frame.hasWorkflows) {
    return (
      <nav class="mtabs" aria-label="Main, phone">
        <a href="/agents" aria-current={section === "agents" ? "page" : null}>
          <Icon name="bot" />
          Agents
        </a>
        <a href="/skills" aria-current={section === "skills" ? "page" : null}>
          <Icon name="sparkles" />
          Skills
        </a>
        <a href="/settings" aria-current={section === "settings" ? "page" : null}>
          <Icon name="settings" />
          Settings
        </a>
      </nav>
    );
  }
  return (
    <nav class="mtabs" aria-label="Main, phone">
      <a href={libraryPath} aria-current={section === "workflows" ? "page" : null}>
        <Icon name="workflow" />
        Workflows
      </a>
      <a href={executionsPath} aria-current={section === "executions" ? "page" : null}>
        <Icon name="circle-play" />
        Executions
      </a>
      <a href={approvalsPath} aria-current={section === "approvals" ? "page" : null} id="tab-approvals">
        <Icon name="inbox" />
        Approvals
        <WaitingCount count={frame.waitingCount} isHot={false} />
      </a>
      <a href="/find" aria-current={section === "settings" ? "page" : null}>
        <Icon name="menu" />
        More
      </a>
    </nav>
  );
}

import { Icon } from "../components/icon.tsx";
import type { IconName } from "../components/icon-names.ts";
import type { Child, Html } from "../jsx/jsx-runtime.ts";
import { approvalsPath, executionsPath, libraryPath } from "../paths.ts";
import type { Frame, Section } from "./frame.ts";
import { WaitingCount } from "./sidebar.tsx";

/** The navigation of a phone. */
export function BottomBar({ frame, section }: { frame: Frame; section: Section }): Html {
  return (
    <nav class="mtabs" aria-label="Main, phone">
      {frame.hasWorkflows ? (
        <>
          <Tab href={libraryPath} icon="workflow" name="Workflows" isHere={section === "workflows"} />
          <Tab href={executionsPath} icon="circle-play" name="Executions" isHere={section === "executions"} />
          <Tab
            href={approvalsPath}
            icon="inbox"
            name="Approvals"
            isHere={section === "approvals"}
            id="tab-approvals"
          >
            <WaitingCount count={frame.waitingCount} isHot={false} />
          </Tab>
          <Tab href="/find" icon="menu" name="More" isHere={section === "settings"} />
        </>
      ) : (
        <>
          <Tab href="/agents" icon="bot" name="Agents" isHere={section === "agents"} />
          <Tab href="/skills" icon="sparkles" name="Skills" isHere={section === "skills"} />
          <Tab href="/settings" icon="settings" name="Settings" isHere={section === "settings"} />
        </>
      )}
    </nav>
  );
}

interface TabProps {
  href: string;
  icon: IconName;
  name: string;
  isHere: boolean;
  id?: string;
  children?: Child;
}

function Tab({ href, icon, name, isHere, id, children }: TabProps): Html {
  return (
    <a href={href} aria-current={isHere ? "page" : null} id={id ?? null}>
      <Icon name={icon} />
      {name}
      {children}
    </a>
  );
}

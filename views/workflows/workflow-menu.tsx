import { Icon } from "../components/icon.tsx";
import type { IconName } from "../components/icon-names.ts";
import { Menu } from "../components/menu.tsx";
import type { Html } from "../jsx/jsx-runtime.ts";
import { workflowPath } from "../paths.ts";
import type { WorkflowSummary } from "./workflow-summary.ts";

/** The actions on a workflow. */
export function WorkflowMenu({ workflow }: { workflow: WorkflowSummary }): Html {
  const { slug, name, status } = workflow;
  return (
    <Menu id={`menu-${slug}`} label={`More actions for ${name}`}>
      <MenuLink href={workflowPath(slug, "edit")} icon="pencil" name="Edit" />
      <MenuLink href={workflowPath(slug, "executions")} icon="circle-play" name="Executions" />
      <MenuForm slug={slug} action="duplicate" icon="copy" name="Duplicate" />
      {status === "published" ? null : <MenuForm slug={slug} action="publish" icon="upload" name="Publish" />}
      {status === "archived" ? null : <MenuForm slug={slug} action="archive" icon="archive" name="Archive" />}
      <MenuLink href={workflowPath(slug, "export")} icon="download" name="Export YAML" isDownload />
      <MenuLink href={workflowPath(slug, "delete")} icon="trash-2" name="Delete…" isDanger />
    </Menu>
  );
}

interface MenuLinkProps {
  href: string;
  icon: IconName;
  name: string;
  isDownload?: boolean;
  isDanger?: boolean;
}

function MenuLink({ href, icon, name, isDownload = false, isDanger = false }: MenuLinkProps): Html {
  return (
    <li>
      <a href={href} download={isDownload} class={isDanger ? "danger" : null}>
        <Icon name={icon} size="s" />
        {name}
      </a>
    </li>
  );
}

interface MenuFormProps {
  slug: string;
  action: "duplicate" | "publish" | "archive";
  icon: IconName;
  name: string;
}

function MenuForm({ slug, action, icon, name }: MenuFormProps): Html {
  return (
    <li>
      <form method="post" action={workflowPath(slug, action)}>
        <button data-action={action}>
          <Icon name={icon} size="s" />
          {name}
        </button>
      </form>
    </li>
  );
}

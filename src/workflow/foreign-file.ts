import type { Report } from "./report.ts";
import { child, textOf, type SourceMapping, type SourceNode } from "./source-node.ts";

/** The smallest workflow, which people can start from. */
const smallest = `a smallest workflow of skillmeat is
workflow: {id: my-workflow, name: My workflow}
stages:
  - id: build
    roles: {primary: agent:builder}
  - id: review
    depends_on: [build]
    roles: {primary: agent:reviewer}`;

/** The tool that a file belongs to, and the key that shows it. */
interface Foreign {
  tool: string;
  key: string;
}

/**
 * Reports that a file belongs to another tool and shows what one of ours looks like. Other findings about such a file
 * would not help. False when the file may be ours.
 */
export function reportForeignFile(root: SourceNode, report: Report): boolean {
  const found = root.kind === "map" ? foreignMap(root) : foreignList(root);
  if (!found) return false;
  const entry = root.kind === "map" ? root.entries.get(found.key) : undefined;
  report.error("schema", {
    code: "foreign_file",
    message: `this looks like ${found.tool} (it has "${found.key}"), not like a workflow of skillmeat`,
    path: entry ? [found.key] : [],
    at: entry ? { ...entry.key, origin: null } : root,
    hint: smallest,
  });
  return true;
}

function foreignMap(root: SourceMapping): Foreign | null {
  const has = (key: string): boolean => root.entries.has(key);
  const node = (key: string): SourceNode | null => child(root, key);
  if (isOurs(root)) return null;
  if (textOf(node("apiVersion")) !== null && has("kind")) return cluster(root);
  if (has("StartAt") && has("States")) return { tool: "an AWS Step Functions machine", key: "States" };
  if (node("nodes")?.kind === "list" && node("connections")?.kind === "map")
    return { tool: "an n8n workflow", key: "nodes" };
  if (has("jobs")) return jobs(root);
  if (child(node("runs"), "using")) return { tool: "a GitHub Actions action", key: "runs" };
  if (has("pipelines")) return { tool: "a Bitbucket pipeline", key: "pipelines" };
  if (node("services")?.kind === "map") return { tool: "a Docker Compose file", key: "services" };
  const stages = node("stages");
  if (stages?.kind === "list" && stages.items.length > 0) {
    if (stages.items.every((item) => textOf(item) !== null))
      return { tool: "a GitLab CI pipeline", key: "stages" };
    const isAzure = stages.items.every(
      (item) => child(item, "stage") !== null && child(item, "jobs") !== null,
    );
    return isAzure ? { tool: "an Azure pipeline", key: "stages" } : null;
  }
  if (stages) return null;
  if (has("agents")) return { tool: "a Conductor workflow", key: "agents" };
  if (has("nodes")) return { tool: "an Archon workflow", key: "nodes" };
  if (has("steps")) return steps(root);
  if (has("tasks"))
    return {
      tool: node("tasks")?.kind === "map" ? "a Taskfile" : "a list of tasks of another tool",
      key: "tasks",
    };
  const job = [...root.entries].find(([, { value }]) => child(value, "script") !== null)?.[0];
  if (job !== undefined) return { tool: "a GitLab CI pipeline", key: job };
  return has("script") ? { tool: "a GitLab CI pipeline", key: "script" } : null;
}

/** A workflow of ours with one wrong key is still ours: the other findings are more useful. */
function isOurs(root: SourceMapping): boolean {
  const stages = child(root, "stages");
  const hasStages = stages?.kind === "list" && stages.items.some((item) => child(item, "id") !== null);
  return hasStages || child(child(root, "workflow"), "id") !== null;
}

/** All of these files have the version of an API and a kind. */
function cluster(root: SourceMapping): Foreign {
  const version = textOf(child(root, "apiVersion")) ?? "";
  if (version.startsWith("argoproj.io")) return { tool: "an Argo workflow", key: "apiVersion" };
  return {
    tool: version.startsWith("tekton.dev") ? "a Tekton pipeline" : "a Kubernetes object",
    key: "apiVersion",
  };
}

function jobs(root: SourceMapping): Foreign {
  const has = (key: string): boolean => root.entries.has(key);
  if (has("orbs") || has("workflows")) return { tool: "a CircleCI pipeline", key: "jobs" };
  const isAzure = child(root, "jobs")?.kind === "list" && !has("on");
  return { tool: isAzure ? "an Azure pipeline" : "a GitHub Actions workflow", key: "jobs" };
}

function steps(root: SourceMapping): Foreign {
  const has = (key: string): boolean => root.entries.has(key);
  const isAzure = has("pool") || (has("trigger") && !has("schedule"));
  return { tool: isAzure ? "an Azure pipeline" : "a Dagu workflow", key: "steps" };
}

/** Only a playbook is a list of maps with these keys. */
function foreignList(root: SourceNode): Foreign | null {
  if (root.kind !== "list") return null;
  const isPlaybook = root.items.length > 0 && root.items.every((item) => child(item, "hosts") !== null);
  return isPlaybook ? { tool: "an Ansible playbook", key: "hosts" } : null;
}

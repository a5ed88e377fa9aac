import { chooseDispatcher, type DispatchConfig } from "../dispatch/choose-dispatcher.ts";
import { missingVariables, variableTrouble } from "../dispatch/mcp/missing-variables.ts";
import { git } from "../dispatch/process/git.ts";
import { repositoryOf } from "../dispatch/process/make-worktree.ts";
import { programVersions } from "../dispatch/program-versions.ts";
import { noteText, type KeyReading } from "../dispatch/key-notes.ts";
import { readKeys } from "../dispatch/read-keys.ts";
import { takesTools } from "../dispatch/takes-tools.ts";
import type { EffectiveStage } from "../workflow/effective.ts";
import type { Finding } from "../workflow/finding.ts";
import { laterFinding } from "../workflow/later-places.ts";
import type { PlanStart, StageStart } from "../workflow/plan.ts";
import { usedModel } from "../workflow/used-model.ts";
import { lookAtAgent, readAgent, troubleOfFolder, type FoundAgent } from "./look-at-agent.ts";
import type { PreflightSubject, StartOptions, Trouble } from "./start-trouble.ts";

const longestLookMs = 10_000;

/** What would be started here, and what is missing for it. */
export interface Preflight {
  /** Of the category `preflight`, in the order of the file. */
  findings: Finding[];
  /** By stage; none for a stage that has no agent, or whose agent is not found. */
  starts: ReadonlyMap<string, StageStart>;
  /** What of agent files and stages has no effect here, each once. */
  warnings: Finding[];
}

/** Checks whether each stage could start here. Simulated stages need nothing. */
export async function preflight(
  checked: PreflightSubject,
  options: StartOptions,
  { home, dispatch }: { home: string; dispatch: DispatchConfig },
): Promise<Preflight> {
  const { definition, artifacts, later } = checked;
  const agentOf = once((ref: string) => readAgent(artifacts, ref));
  const versions = programVersions(home);
  const agentLook = once((ref: string) =>
    lookAtAgent(agentOf(ref), ref, checked, { options, dispatch, versions }),
  );
  const place = { ofFolder: once(() => troubleOfFolder(options.workdir)), isTold: false };
  const repository = once(() => troubleOfRepository(options));
  const findings: Finding[] = [];
  const starts = new Map<string, StageStart>();
  const warnings = new Map<string, Finding>();
  for (const [at, stage] of definition.stages.entries()) {
    const ref = agentRefOf(stage);
    if (ref === null) continue;
    const { start, trouble: agentTrouble } = await agentLook(ref);
    const reading = start && readStage(agentOf(ref), stage, withTools(start, stage));
    if (reading) starts.set(stage.id, reading.told);
    warn(warnings, reading?.warnings ?? [], later.stages[at]);
    if (start?.dispatcher === "simulated") continue;
    const folder = place.ofFolder("");
    const troubles = [
      agentTrouble,
      reading?.trouble ?? null,
      place.isTold ? null : folder,
      folder === null && stage.workspace === "worktree" ? await repository("") : null,
      ...toolTroubles(agentOf(ref), stage, checked, options, dispatch),
    ];
    place.isTold ||= folder !== null;
    for (const trouble of troubles) {
      if (trouble === null) continue;
      const { code, says, wayOut, tool = null } = trouble;
      const message = `stage "${stage.id}" cannot start: ${says}`;
      const where = tool === null ? later.stages[at] : later.tools[at]?.[tool];
      if (where) findings.push(laterFinding(where, { code, message, hint: wayOut }));
    }
  }
  return { findings, starts, warnings: [...warnings.values()] };
}

interface StageReading {
  told: StageStart;
  trouble: Trouble | null;
  warnings: string[];
}

/** What the dispatcher of a stage makes of its agent's file. */
function readStage(found: FoundAgent, { roles }: EffectiveStage, start: PlanStart): StageReading {
  const agent = "agent" in found ? found.agent : null;
  const role = roles?.primary;
  const request = {
    agent,
    tools: start.tools,
    model: role ? usedModel(role, agent) : "",
    is_model_named: (role?.model ?? agent?.model ?? null) !== null,
  };
  const { model, refusal, notes }: KeyReading = readKeys(start.dispatcher, request);
  const trouble = refusal && {
    code: "mode_refused",
    says: noteText(request, refusal),
    wayOut: refusal.wayOut,
  };
  return { told: { start, model }, trouble, warnings: notes.map((note) => noteText(request, note)) };
}

/** Each text names its file and line itself; the finding stands where the definition names the agent first. */
function warn(warnings: Map<string, Finding>, told: readonly string[], place: Finding | undefined): void {
  for (const text of told) {
    if (!place || warnings.has(text)) continue;
    const [message = "", hint = null] = text.split(/\. (?=write |name )/);
    warnings.set(text, {
      ...laterFinding(place, { code: "key_ignored", message, hint }),
      severity: "warning",
    });
  }
}

function withTools(start: PlanStart, { roles }: EffectiveStage): PlanStart {
  return { ...start, tools: [...new Set([...start.tools, ...(roles?.tools ?? [])])] };
}

/** What the stage or its agent's file names for it to use and that cannot be used here. */
function toolTroubles(
  found: FoundAgent,
  { roles }: EffectiveStage,
  { definition, artifacts }: PreflightSubject,
  options: StartOptions,
  dispatch: DispatchConfig,
): Trouble[] {
  const agent = "agent" in found ? found.agent : null;
  if (!agent || !takesTools(chooseDispatcher(agent, options, dispatch))) return [];
  const tools = roles?.tools ?? [];
  const known = { ...options.env, ...definition.config.env };
  const { servers, troubles } = artifacts.tools(agent, [...agent.tools, ...tools]);
  const missing = servers.flatMap((server) =>
    missingVariables(server, known).map((name) => ({ ...variableTrouble(server, name), ref: server.ref })),
  );
  return [...troubles, ...missing].map(({ ref, ...trouble }) => {
    const tool = ref === null ? -1 : tools.indexOf(ref);
    return { ...trouble, tool: tool < 0 ? null : tool };
  });
}

function agentRefOf({ type, roles }: EffectiveStage): string | null {
  return type === "agent" && roles ? roles.primary.artifact : null;
}

async function troubleOfRepository({ workdir, env }: StartOptions): Promise<Trouble | null> {
  const attempt = { attempt_id: "preflight", options: { env } };
  const signal = AbortSignal.timeout(longestLookMs);
  const found = await repositoryOf(workdir, (...args) => git(workdir, args, { attempt, signal }));
  if (!("why" in found)) return null;
  const says = `it has "workspace: worktree", but ${found.why}`;
  return { code: "repository_missing", says, wayOut: `${found.wayOut}, or write "workspace: shared"` };
}

/** Stages share their agents and their folder, so each is looked at once. */
function once<T>(look: (key: string) => T): (key: string) => T {
  const seen = new Map<string, { value: T }>();
  return (key) => {
    let kept = seen.get(key);
    if (!kept) seen.set(key, (kept = { value: look(key) }));
    return kept.value;
  };
}

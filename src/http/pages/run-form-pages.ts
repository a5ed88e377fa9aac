import { render } from "../../../views/jsx/jsx-runtime.ts";
import { executionPath } from "../../../views/paths.ts";
import { PlanPreview } from "../../../views/workflows/plan-preview.tsx";
import { runFormPage, type RunForm, type RunOverrides } from "../../../views/workflows/run-form.tsx";
import { AppError } from "../../errors.ts";
import type { Value } from "../../expression/value.ts";
import type { WorkflowRecord } from "../../store/workflow-record.ts";
import type { Plan } from "../../workflow/plan.ts";
import { parameterFromText } from "../../workflow/parameters.ts";
import { chooseWorkdir } from "../../operation/choose-workdir.ts";
import { planExecution, type RunInputs } from "../../operation/plan-execution.ts";
import { startExecution } from "../../operation/start-execution.ts";
import { retryWhileLocked } from "../server/retry-while-locked.ts";
import { problemOf } from "../server/problem.ts";
import type { Context } from "../server/server-parts.ts";
import { isSecretParameter } from "../../workflow/secret-name.ts";
import { artifactsOf, frameOf, modulesOf } from "./page-frame.ts";
import {
  html,
  redirect,
  wantsFragments,
  type FormCall,
  type PageCall,
  type PageRoutes,
  type Answer,
} from "./page-route.ts";
import { shownToast, toastCookie } from "./toast-cookie.ts";
import { workflowOf } from "./workflow-tab.ts";
import { listExecutions } from "../../store/list-executions.ts";

/** Starting a run by hand: its fields, its plan as they are filled in, and the start itself. */
export function mountRunForm(routes: PageRoutes): void {
  routes.page("/workflows/:id/run", showForm);
  routes.form("/workflows/:id/run/plan", showPlan);
  routes.form("/workflows/:id/run", start);
}

async function showForm(call: PageCall): Promise<Answer> {
  const workflow = workflowOf(call);
  const last = lastTexts(call.context, workflow);
  const texts = withoutSecrets(workflow, last ?? declaredTexts(workflow));
  const workdir = lastWorkdir(call.context, workflow);
  const given = readFields(workflow, texts, new URLSearchParams({ workdir }));
  const form = await formFor(call, workflow, { texts, given });
  return html(
    runFormPage(frameOf(call.context, call.request), { ...form, isLast: last !== null }),
    200,
    shownToast(call.request),
  );
}

async function showPlan(call: FormCall): Promise<Answer> {
  const workflow = workflowOf(call);
  const given = readFields(workflow, textsIn(call.form, workflow), call.form);
  return html(render(PlanPreview({ plan: await planOrNull(call.context, workflow, given) })));
}

async function start(call: FormCall): Promise<Answer> {
  const { context, request, form } = call;
  const workflow = workflowOf(call);
  const texts = textsIn(form, workflow);
  const given = readFields(workflow, texts, form);
  const again = async (more: Partial<RunForm>, status: number, workdirProblem?: string): Promise<Answer> => {
    const drawn = await formFor(call, workflow, { texts, given, sent: form });
    const workdir = { ...drawn.workdir, problem: workdirProblem ?? null };
    const shown = { ...drawn, workdir, ...more };
    return html(runFormPage(frameOf(context, request), shown), status);
  };
  if (given.problems.size > 0) return await again({ problems: given.problems }, 400);
  try {
    const inputs = { ...inputsOf(given), trigger: "manual" as const };
    const asked = { workflow: workflow.id, inputs, key: null };
    const { run_id } = await retryWhileLocked(() => startExecution(context, asked));
    const path = executionPath(workflow.slug, run_id);
    const cookie = { "set-cookie": toastCookie({ kind: "done", text: "The run has started." }) };
    return wantsFragments(request)
      ? html("", 200, { "hx-redirect": path, ...cookie })
      : redirect(path, cookie);
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error;
    if (problem.code === "workdir_not_allowed") return again({}, problem.status, problem.message);
    const problems = new Map(problem.details.map(({ path, message }) => [path, message]));
    if (/^"?overrides/.test(problem.message)) problems.set("overrides", problem.message);
    const isAtFields = [...problems.keys()].some((name) => texts.has(name) || name === "overrides");
    return again({ problems, trouble: isAtFields ? null : problem.message }, problem.status);
  }
}

/** What the fields come to. */
interface FilledForm extends RunInputs {
  parameters: Record<string, unknown>;
  /** What is wrong with each field's text, by field. */
  problems: ReadonlyMap<string, string>;
}

function readFields(
  { config }: WorkflowRecord,
  texts: ReadonlyMap<string, string>,
  form: URLSearchParams,
): FilledForm {
  const parameters: Record<string, Value> = Object.create(null);
  const problems = new Map<string, string>();
  for (const [name, parameter] of Object.entries(config.parameters)) {
    const { type, required } = parameter;
    const text = texts.get(name) ?? "";
    // The field of a secret never shows the default.
    if (text === "" && isSecretParameter(name, parameter) && (parameter.default ?? null) !== null) continue;
    // An empty field means no value; a required text may be given as an empty one.
    if (text === "" && !(required && type === "string" && form.has(`p.${name}`))) {
      if (required) problems.set(name, "is required");
      continue;
    }
    if (text === "") problems.set(name, "is required");
    const made = parameterFromText(name, parameter, text);
    if ("value" in made) parameters[name] = made.value;
    else if (text !== "") problems.set(name, made.problem);
  }
  const overrides = overridesIn(form);
  const workdir = form.get("workdir")?.trim() ?? "";
  return {
    parameters,
    problems,
    ...(overrides ? { overrides } : {}),
    ...(workdir === "" ? {} : { workdir }),
  };
}

function overridesIn(form: URLSearchParams): NonNullable<RunInputs["overrides"]> | null {
  const agents = [...form]
    .filter(([name, value]) => name.startsWith("agent.") && value.trim() !== "")
    .map(([name, value]) => [name.slice("agent.".length), value.trim()] as const);
  const modules = (form.get("modules") ?? "").split(/[\s,]+/).filter((name) => name !== "");
  if (agents.length === 0 && modules.length === 0) return null;
  return { agents: Object.fromEntries(agents), context_modules: modules };
}

interface FormTexts {
  texts: ReadonlyMap<string, string>;
  given: FilledForm;
  sent?: URLSearchParams;
}

async function formFor(
  { context }: PageCall,
  workflow: WorkflowRecord,
  { texts, given, sent }: FormTexts,
): Promise<RunForm> {
  const { slug, name, config } = workflow;
  return {
    slug,
    name,
    parameters: config.parameters,
    texts: withoutSecrets(workflow, texts),
    problems: new Map(),
    trouble: null,
    isLast: false,
    overrides: config.allow_overrides ? overridesFor(context, workflow, sent) : null,
    workdir: {
      text: given.workdir ?? "",
      otherwise: context.options.workdir,
      roots: context.roots,
      problem: null,
    },
    plan: await planOrNull(context, workflow, given),
  };
}

function inputsOf({ parameters, overrides, workdir }: FilledForm): RunInputs {
  return { parameters, ...(overrides ? { overrides } : {}), ...(workdir === undefined ? {} : { workdir }) };
}

/** The plan that the fields make; null while they are incomplete. */
async function planOrNull(
  context: Context,
  workflow: WorkflowRecord,
  filled: FilledForm,
): Promise<Plan | null> {
  if (filled.problems.size > 0) return null;
  try {
    // A preview while somebody types is not a plan that was asked for, so it is not logged.
    const home = { ...context, log: () => {} };
    return (await planExecution(home, { workflow: workflow.id }, inputsOf(filled))).plan;
  } catch (error) {
    if (error instanceof AppError || problemOf(error)) return null;
    throw error;
  }
}

function overridesFor(context: Context, { stages }: WorkflowRecord, sent?: URLSearchParams): RunOverrides {
  return {
    agents: stages.flatMap(({ id, name, roles }) =>
      roles
        ? [{ stage: id, name, agent: roles.primary.artifact, chosen: sent?.get(`agent.${id}`) ?? "" }]
        : [],
    ),
    known: artifactsOf(context)
      .list("agent")
      .map(({ ref }) => ref),
    modules: sent?.get("modules") ?? "",
    knownModules: modulesOf(context).map(({ name }) => `ctx:${name}`),
  };
}

function textsIn(form: URLSearchParams, { config }: WorkflowRecord): Map<string, string> {
  const names = Object.keys(config.parameters);
  return new Map(names.map((name) => [name, (form.get(`p.${name}`) ?? "").replaceAll("\r\n", "\n")]));
}

/** A secret is never in the form that is sent out: not the default, not the last one, not what was just given. */
function withoutSecrets({ config }: WorkflowRecord, texts: ReadonlyMap<string, string>): Map<string, string> {
  return new Map(
    [...texts].filter(([name]) => {
      const parameter = Object.hasOwn(config.parameters, name) ? config.parameters[name] : undefined;
      return parameter === undefined || !isSecretParameter(name, parameter);
    }),
  );
}

/** The values of the last run, as texts; null when it never ran. */
function lastTexts({ store }: Context, { id, config }: WorkflowRecord): Map<string, string> | null {
  const [last] = listExecutions(store, { workflow_id: id, limit: 1 }).items;
  if (!last) return null;
  const names = Object.keys(config.parameters);
  return new Map(
    names.map((name) => [
      name,
      textOf(Object.hasOwn(last.parameters, name) ? last.parameters[name] : undefined),
    ]),
  );
}

/** Where the last run worked, if it was told where and may work there again; else "". */
function lastWorkdir(context: Context, { id }: WorkflowRecord): string {
  const [last] = listExecutions(context.store, { workflow_id: id, limit: 1 }).items;
  const folder = last?.options.workdir ?? context.options.workdir;
  if (folder === context.options.workdir) return "";
  try {
    return chooseWorkdir(folder, { fallback: context.options.workdir, roots: context.roots });
  } catch (error) {
    if (error instanceof AppError) return "";
    throw error;
  }
}

function declaredTexts({ config }: WorkflowRecord): Map<string, string> {
  return new Map(
    Object.entries(config.parameters).map(([name, parameter]) => [name, textOf(parameter.default)]),
  );
}

function textOf(value: Value | undefined): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

import { tryPage, type TryForm } from "../../../views/collection/try-form.tsx";
import { executionPath } from "../../../views/paths.ts";
import { AppError } from "../../errors.ts";
import { describeAgent } from "../../operation/list-agents.ts";
import { tryAgent, type AskedTrial } from "../../operation/try-agent.ts";
import { getExecution } from "../../store/executions.ts";
import { problemOf, type Problem } from "../server/problem.ts";
import { retryWhileLocked } from "../server/retry-while-locked.ts";
import { artifactsOf, frameOf } from "./page-frame.ts";
import { html, redirect, type Answer, type FormCall, type PageCall, type PageRoutes } from "./page-route.ts";
import { toastCookie } from "./toast-cookie.ts";

/** Outputs for which the form has a row. */
const outputRows = 4;
const rules = ["deny", "fail", "ask"] as const;

/** One task for one agent, without a workflow. */
export function mountTrials(routes: PageRoutes): void {
  routes.page("/agents/try", (call) => html(tryPage(frameOf(call.context, call.request), formFor(call))));
  routes.form("/agents/try", start);
}

async function start(call: FormCall): Promise<Answer> {
  const { context, request, form } = call;
  const shown = formFor(call, form);
  try {
    const { run_id } = await retryWhileLocked(() => tryAgent(context, askedOf(shown), null));
    const { workflow_slug } = getExecution(context.store, run_id);
    const cookie = toastCookie({ kind: "done", text: "The run has started." });
    return redirect(executionPath(workflow_slug, run_id), { "set-cookie": cookie });
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error;
    const again = { ...shown, ...placeTrouble(shown, problem) };
    return html(tryPage(frameOf(context, request), again), problem.status);
  }
}

/** On top, and at its field where it is about one. */
function placeTrouble({ workdir }: TryForm, { code, message, details }: Problem): Partial<TryForm> {
  if (code === "workdir_not_allowed") return { workdir: { ...workdir, problem: message }, trouble: message };
  const told = details.filter((each) => !("severity" in each && each.severity === "warning")).map(tellDetail);
  return { trouble: told.length === 0 ? message : told.join("; ") };
}

/** The person has written no stage, so none is named. */
function tellDetail(detail: Problem["details"][number]): string {
  const hint = "hint" in detail && typeof detail.hint === "string" ? `. ${detail.hint}` : "";
  return detail.message.replace(/^stage "try" cannot start: /, "") + hint;
}

function formFor({ context, url }: PageCall, sent: URLSearchParams = new URLSearchParams()): TryForm {
  const ref = url.searchParams.get("agent") ?? "";
  const artifacts = artifactsOf(context);
  const listed = artifacts.list("agent").find((each) => each.ref === ref);
  if (!listed)
    throw new AppError("not_found", `there is no agent "${ref}". the page of agents lists all of them`);
  const facts = describeAgent(listed, artifacts, context);
  return {
    ref,
    description: listed.description,
    prompt: (sent.get("prompt") ?? "").replaceAll("\r\n", "\n"),
    outputs: Array.from({ length: outputRows }, (_, at) => ({
      name: (sent.get(`output.${at}`) ?? "").trim(),
      type: sent.get(`type.${at}`) ?? "string",
    })),
    model: (sent.get("model") ?? "").trim(),
    usualModel: "broken" in facts ? null : facts.model,
    permissions: sent.get("permissions") ?? "deny",
    workdir: {
      text: (sent.get("workdir") ?? "").trim(),
      otherwise: context.options.workdir,
      roots: context.roots,
      problem: null,
    },
    trouble: null,
  };
}

function askedOf({ ref, prompt, outputs, model, permissions, workdir }: TryForm): AskedTrial {
  const named = outputs.filter(({ name }) => name !== "");
  return {
    agent: ref,
    prompt,
    outputs: Object.fromEntries(named.map(({ name, type }) => [name, type])),
    permissions: rules.find((rule) => rule === permissions) ?? "deny",
    trigger: "manual",
    ...(model === "" ? {} : { model }),
    ...(workdir.text === "" ? {} : { workdir: workdir.text }),
  };
}

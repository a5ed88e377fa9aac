import type { Reference } from "../../expression/references.ts";
import type { ExpressionSite } from "../expression-sites.ts";
import type { Names } from "../guess.ts";
import type { Problem, Report } from "../report.ts";
import { declaredNames, siteSpot, type Rule, type Subject } from "../subject.ts";

type Step = Reference["path"][number];

/** One reference at its place. `offset` is where its expression begins in the site's text. */
interface CheckedReference {
  subject: Subject;
  report: Report;
  site: ExpressionSite;
  offset: number;
  steps: Reference["path"];
}

const ofStages = new Set(["outputs", "status", "error", "handoff_summary", "workspace"]);
const ofError = new Set(["class", "message", "attempts"]);
const ofWorkspace = new Set(["branch", "commit", "changed_files"]);
const ofRun = new Set(["id", "started_at", "trigger"]);
const ofWorkflow = new Set(["id", "name", "version", "description", "author", "tags"]);

/** What an expression names exists, and a stage it names comes before its own. */
export const references: Rule = (subject, report) => {
  for (const site of subject.sites) {
    for (const { references: found, offset } of site.expressions) {
      for (const { path } of found) check({ subject, report, site, offset, steps: path });
    }
  }
};

function check(checked: CheckedReference): void {
  const [namespace, name] = checked.steps;
  if (!namespace || !name) return;
  const { subject, site } = checked;
  switch (namespace.name) {
    case "parameters":
      return checkKnown(
        checked,
        name,
        { kind: "parameter" },
        declaredNames(subject, ["config", "parameters"]),
      );
    case "stages":
      return site.use === "env" ? undefined : checkStage(checked, name);
    case "env":
      return warnUnlessKnown(checked, name, { kind: "variable" }, declaredNames(subject, ["config", "env"]));
    case "run":
      return warnUnlessKnown(checked, name, { kind: "field", owner: '"run"' }, ofRun);
    case "workflow":
      return warnUnlessKnown(checked, name, { kind: "field", owner: '"workflow"' }, ofWorkflow);
    default:
  }
}

function checkStage(checked: CheckedReference, name: Step): void {
  const { subject, steps } = checked;
  const position = subject.graph.positions.get(name.name);
  if (position === undefined) {
    return checkKnown(checked, name, { kind: "stage" }, subject.graph.positions);
  }
  checkOrder(checked, name, position);
  const [, , field, output] = steps;
  if (!field) return;
  checkKnown(checked, field, { kind: "field", owner: `stage "${name.name}"` }, ofStages);
  if (field.name === "error" && output)
    return checkKnown(checked, output, { kind: "field", owner: "an error" }, ofError);
  if (field.name === "workspace" && output)
    return checkKnown(checked, output, { kind: "field", owner: "a workspace" }, ofWorkspace);
  if (field.name !== "outputs" || !output) return;
  checkKnown(
    checked,
    output,
    { kind: "output", owner: `stage "${name.name}"` },
    declaredNames(subject, [...(subject.stages[position]?.path ?? []), "outputs"]),
  );
}

function checkOrder(
  { subject, report, site, offset, steps }: CheckedReference,
  { name }: Step,
  position: number,
): void {
  const own = site.stage;
  if (own === null || subject.upstream.isBefore(position, own)) return;
  const id = subject.graph.ids[own] ?? "";
  const place = { path: site.path, at: siteSpot(subject, site, offset + (steps[0]?.start ?? 0)) };
  if (position === own || name === id) {
    // A summary is made when the stage has its outputs.
    if (site.use === "summary") return;
    const what = site.use === "condition" || site.use === "source" ? `a ${site.use}` : "a text";
    const message = `stage "${id}" names itself in ${what}: it has no outputs before it has run`;
    report.error("dag", { code: "own_stage", message, ...place });
    return;
  }
  report.error("dag", {
    code: "not_upstream",
    message: `stage "${id}" uses stage "${name}", which is not in its depends_on, directly or through others`,
    ...place,
    hint: `add "${name}" to depends_on of "${id}"`,
  });
}

/** What a name should have been: a parameter, or a field of some owner. */
interface WantedName {
  kind: "parameter" | "stage" | "output" | "variable" | "field";
  owner?: string;
}

/** An error: nothing has such a name. `names` is null where what declares them is faulty itself. */
function checkKnown(checked: CheckedReference, step: Step, wanted: WantedName, names: Names | null): void {
  if (names === null || names.has(step.name)) return;
  checked.report.error("expression", problemOf(checked, step, wanted, names));
}

/** A warning: the name yields null, which may be meant. */
function warnUnlessKnown(
  checked: CheckedReference,
  step: Step,
  wanted: WantedName,
  names: Names | null,
): void {
  if (names === null || names.has(step.name)) return;
  const problem = problemOf(checked, step, wanted, names);
  checked.report.warn("expression", { ...problem, message: `${problem.message}: this is null` });
}

function problemOf(
  { subject, site, offset }: CheckedReference,
  { name, start }: Step,
  { kind, owner }: WantedName,
  names: Names,
): Problem {
  return {
    code: `unknown_${kind}`,
    message: owner ? `${owner} has no ${kind} "${name}"` : `there is no ${kind} "${name}"`,
    path: site.path,
    at: siteSpot(subject, site, offset + start),
    hint: suggestName(subject, name, names),
  };
}

function suggestName({ guess }: Subject, name: string, names: Names): string | null {
  if (names.size === 0) return "there are none declared";
  const meant = guess(name, names);
  if (meant !== null || names.size > 20) return meant;
  const known = [...names.keys()].filter((each) => each !== "");
  return `there ${known.length === 1 ? "is" : "are"} ${known.map((each) => `"${each}"`).join(", ")}`;
}

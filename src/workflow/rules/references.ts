import { nearest } from "../../expression/nearest.ts";
import type { Reference } from "../../expression/references.ts";
import type { ExpressionSite } from "../expression-sites.ts";
import type { Report } from "../report.ts";
import { declaredNames, siteSpot, type Rule, type Subject } from "../subject.ts";

type Step = Reference["path"][number];

/** One reference at its place. `offset` is where its expression begins in the site's text. */
interface Checked {
  subject: Subject;
  report: Report;
  site: ExpressionSite;
  offset: number;
  steps: Reference["path"];
}

const ofStages = ["outputs", "status", "handoff_summary"];
const ofRun = ["id", "started_at", "trigger"];
const ofWorkflow = ["id", "name", "version", "description", "author", "tags"];

/** What an expression names exists, and a stage it names comes before its own. */
export const references: Rule = (subject, report) => {
  for (const site of subject.sites) {
    for (const { references: found, offset } of site.expressions) {
      for (const { path } of found) check({ subject, report, site, offset, steps: path });
    }
  }
};

function check(checked: Checked): void {
  const [namespace, name] = checked.steps;
  if (!namespace || !name) return;
  const { subject, site } = checked;
  switch (namespace.name) {
    case "parameters":
      return known(checked, name, "parameter", declaredNames(subject, ["config", "parameters"]));
    case "stages":
      return site.use === "env" ? undefined : checkStage(checked, name);
    case "env":
      return seldom(checked, name, "variable", declaredNames(subject, ["config", "env"]));
    case "run":
      return seldom(checked, name, 'field of "run"', ofRun);
    case "workflow":
      return seldom(checked, name, 'field of "workflow"', ofWorkflow);
    default:
  }
}

function checkStage(checked: Checked, name: Step): void {
  const { subject, steps } = checked;
  const position = subject.graph.positions.get(name.name);
  if (position === undefined) {
    return known(
      checked,
      name,
      "stage",
      subject.graph.ids.filter((id) => id !== ""),
    );
  }
  checkOrder(checked, name, position);
  const [, , field, output] = steps;
  if (!field) return;
  known(checked, field, `field of stage "${name.name}"`, ofStages);
  if (field.name !== "outputs" || !output) return;
  known(
    checked,
    output,
    `output of stage "${name.name}"`,
    declaredNames(subject, ["stages", position, "outputs"]),
  );
}

function checkOrder(
  { subject, report, site, offset, steps }: Checked,
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

/** An error: such a name yields an error or null for ever. `names` is null where what declares them is faulty itself. */
function known(checked: Checked, step: Step, what: string, names: string[] | null): void {
  if (names === null || names.includes(step.name)) return;
  const { subject, report, site, offset } = checked;
  report.error("expression", {
    code: `unknown_${what.split(" ")[0]}`,
    message: `there is no ${what} "${step.name}"`,
    path: site.path,
    at: siteSpot(subject, site, offset + step.start),
    hint: meantBy(step.name, names),
  });
}

/** A warning: the name yields null, which may be meant. */
function seldom(checked: Checked, step: Step, what: string, names: string[] | null): void {
  if (names === null || names.includes(step.name)) return;
  const { subject, report, site, offset } = checked;
  report.warn("expression", {
    code: `unknown_${what.split(" ")[0]}`,
    message: `there is no ${what} "${step.name}": this is null`,
    path: site.path,
    at: siteSpot(subject, site, offset + step.start),
    hint: meantBy(step.name, names),
  });
}

function meantBy(name: string, names: readonly string[]): string | null {
  const meant = nearest(name, names);
  if (meant !== null) return `did you mean "${meant}"?`;
  if (names.length === 0) return "there are none declared";
  if (names.length > 20) return null;
  return `there ${names.length === 1 ? "is" : "are"} ${names.map((each) => `"${each}"`).join(", ")}`;
}

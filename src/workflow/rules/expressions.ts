import { checkExpression } from "../../expression/check.ts";
import type { ExpressionSite } from "../expression-sites.ts";
import { siteSpot, type Rule } from "../subject.ts";

const everywhere = ["parameters", "stages", "context", "env", "run", "workflow"];
/** The environment is evaluated before any stage has run. */
const inEnv = ["parameters", "workflow", "run"];

/** Syntax, namespaces and functions of every expression. */
export const expressions: Rule = (subject, report) => {
  for (const site of subject.sites) {
    const add = (code: string, message: string, offset: number, hint: string | null): void => {
      const at = siteSpot(subject, site, offset);
      report.error("expression", { code, message, path: site.path, at, hint });
    };
    for (const error of site.errors) add("bad_expression", error.message, error.offset, null);
    for (const { expression, offset } of site.expressions) {
      for (const problem of checkExpression(expression, namespacesOf(site))) {
        add("unknown_name", problem.message, offset + problem.offset, problem.hint);
      }
    }
  }
};

function namespacesOf({ use }: ExpressionSite): string[] {
  return use === "env" ? inEnv : everywhere;
}

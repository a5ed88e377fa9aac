import type { ArtifactLookup } from "../artifact-lookup.ts";
import type { Problem } from "../report.ts";
import type { Path } from "../source-node.ts";
import { spotAt, type Rule, type Subject } from "../subject.ts";

/** Artifacts and context modules are in the collection. The file may be for another: only strict makes errors. */
export const artifacts: Rule = (subject, report) => {
  const lookup = subject.artifacts;
  if (!lookup) return;
  const seen = new Map<string, MissingProblem[]>();
  for (const { ref, path } of refsOf(subject)) {
    let missing = seen.get(ref);
    if (missing === undefined) seen.set(ref, (missing = missingOf(ref, lookup)));
    const severity = subject.isStrict ? "error" : "warn";
    for (const each of missing) report[severity]("artifact", { ...each, path, at: spotAt(subject, path) });
  }
};

type MissingProblem = Pick<Problem, "code" | "message" | "hint">;

function missingOf(ref: string, lookup: ArtifactLookup): MissingProblem[] {
  if (lookup.find(ref) !== null) {
    const trouble = lookup.trouble(ref);
    if (trouble !== null) return [{ code: "broken_agent", message: `"${ref}" is no agent: ${trouble}` }];
    return lookup.lacks(ref).map(({ code, says, wayOut }) => ({ code, message: says, hint: wayOut }));
  }
  const what = ref.startsWith("ctx:") ? "context module" : "artifact";
  const code = what === "artifact" ? "unknown_artifact" : "unknown_context_module";
  return [{ code, message: `the ${what} "${ref}" is not in the collection`, hint: lookup.hint(ref) }];
}

function refsOf({ definition, stages }: Subject): { ref: string; path: Path }[] {
  const all = [
    ...lists(definition.context.global_modules, ["context", "global_modules"]),
    ...stages.flatMap(({ stage: { roles, context }, path }) => [
      // In its short form a role is the reference itself: the nearest thing there is.
      ...(roles ? [{ ref: roles.primary.artifact, path: [...path, "roles", "primary", "artifact"] }] : []),
      ...lists(roles?.tools ?? [], [...path, "roles", "tools"]),
      ...lists(context.modules, [...path, "context", "modules"]),
    ]),
  ];
  return all.filter(({ ref }) => ref !== "");
}

function lists(refs: readonly string[], path: Path): { ref: string; path: Path }[] {
  return refs.map((ref, at) => ({ ref, path: [...path, at] }));
}

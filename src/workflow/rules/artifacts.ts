import type { ArtifactLookup } from "../artifact-lookup.ts";
import type { Problem } from "../report.ts";
import type { Path } from "../source-node.ts";
import { spotAt, type Rule, type Subject } from "../subject.ts";

/** Artifacts and context modules are in the collection. The file may be for another: only strict makes errors. */
export const artifacts: Rule = (subject, report) => {
  const lookup = subject.artifacts;
  if (!lookup) return;
  const seen = new Map<string, MissingProblem | null>();
  for (const { ref, path } of refsOf(subject)) {
    let missing = seen.get(ref);
    if (missing === undefined) seen.set(ref, (missing = missingOf(ref, lookup)));
    if (missing === null) continue;
    const severity = subject.isStrict ? "error" : "warn";
    report[severity]("artifact", { ...missing, path, at: spotAt(subject, path) });
  }
};

type MissingProblem = Pick<Problem, "code" | "message" | "hint">;

function missingOf(ref: string, lookup: ArtifactLookup): MissingProblem | null {
  if (lookup.find(ref) !== null) {
    const trouble = lookup.trouble(ref);
    return trouble === null ? null : { code: "broken_agent", message: `"${ref}" is no agent: ${trouble}` };
  }
  const what = ref.startsWith("ctx:") ? "context module" : "artifact";
  return {
    code: what === "artifact" ? "unknown_artifact" : "unknown_context_module",
    message: `the ${what} "${ref}" is not in the collection`,
    hint: lookup.hint(ref),
  };
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

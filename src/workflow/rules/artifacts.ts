import type { EffectiveDefinition } from "../effective.ts";
import type { Path } from "../source-node.ts";
import { spotAt, type Rule } from "../subject.ts";

/** Artifacts and context modules are in the collection. The file may be for another: only strict makes errors. */
export const artifacts: Rule = (subject, report) => {
  const lookup = subject.artifacts;
  if (!lookup) return;
  const found = new Map<string, boolean>();
  for (const { ref, path } of refsOf(subject.definition)) {
    const isThere = found.get(ref) ?? lookup.find(ref) !== null;
    found.set(ref, isThere);
    if (isThere) continue;
    const what = ref.startsWith("ctx:") ? "context module" : "artifact";
    report[subject.isStrict ? "error" : "warn"]("artifact", {
      code: what === "artifact" ? "unknown_artifact" : "unknown_context_module",
      message: `the ${what} "${ref}" is not in the collection`,
      path,
      at: spotAt(subject, path),
      hint: lookup.hint(ref),
    });
  }
};

function refsOf({ context, stages }: EffectiveDefinition): { ref: string; path: Path }[] {
  const all = [
    ...lists(context.global_modules, ["context", "global_modules"]),
    ...stages.flatMap(({ roles, context }, at) => [
      // In its short form a role is the reference itself: the nearest thing there is.
      ...(roles
        ? [{ ref: roles.primary.artifact, path: ["stages", at, "roles", "primary", "artifact"] }]
        : []),
      ...lists(roles?.tools ?? [], ["stages", at, "roles", "tools"]),
      ...lists(context.modules, ["stages", at, "context", "modules"]),
    ]),
  ];
  return all.filter(({ ref }) => ref !== "");
}

function lists(refs: readonly string[], path: Path): { ref: string; path: Path }[] {
  return refs.map((ref, at) => ({ ref, path: [...path, at] }));
}

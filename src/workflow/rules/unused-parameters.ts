import { keySpotAt, type Rule } from "../subject.ts";

/** A parameter that no expression names does nothing. One that is looked up by a computed name may be any. */
export const unusedParameters: Rule = (subject, report) => {
  const used = new Set<string>();
  for (const { expressions, errors } of subject.sites) {
    // What a text that does not parse would have named, nobody knows.
    if (errors.length > 0) return;
    for (const { references } of expressions) {
      for (const { path } of references) {
        const [namespace, name] = path;
        if (namespace?.name !== "parameters") continue;
        if (!name) return;
        used.add(name.name);
      }
    }
  }
  for (const name of Object.keys(subject.definition.config.parameters)) {
    if (used.has(name)) continue;
    const path = ["config", "parameters", name];
    report.warn("schema", {
      code: "unused_parameter",
      message: `nothing uses the parameter "${name}"`,
      path,
      at: keySpotAt(subject, path),
      hint: `use it as \${{ parameters.${name} }}, or take it out`,
    });
  }
};

import { spotAt, type Rule } from "../subject.ts";

/** A secret parameter is a text that a person gives to one run: what stands in the definition is no secret. */
export const secretParameters: Rule = (subject, report) => {
  for (const [name, parameter] of Object.entries(subject.definition.config.parameters)) {
    if (parameter.secret !== true) continue;
    const path = ["config", "parameters", name];
    const say = (key: "type" | "default" | "enum", message: string, hint: string): void => {
      report.error("schema", {
        code: "secret_parameter",
        message: `the secret parameter "${name}" ${message}`,
        path: [...path, key],
        at: spotAt(subject, [...path, key]),
        hint,
      });
    };
    if (parameter.type !== "" && parameter.type !== "string") {
      say("type", `must be of type string, not ${parameter.type}`, "a JSON text can be read with fromJSON()");
    }
    if (parameter.default !== undefined && parameter.default !== null) {
      say("default", "has a default, which everybody can read here", 'take "default" out');
    }
    if (parameter.enum !== null) {
      say("enum", "has an enum, which everybody can read here", 'take "enum" out');
    }
  }
};

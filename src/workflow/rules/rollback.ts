import { spotAt, type Rule } from "../subject.ts";

export const rollback: Rule = (subject, report) => {
  if (subject.definition.error_policy.on_stage_failure !== "rollback") return;
  const path = ["error_policy", "on_stage_failure"];
  report.warn("schema", {
    code: "rollback",
    message: '"rollback" is not supported in v1: it is treated as "halt"',
    path,
    at: spotAt(subject, path),
    hint: 'write "halt" or "continue"',
  });
};

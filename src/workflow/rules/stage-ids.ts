import { isIdentifier, kebabOf } from "../identifier.ts";
import { spotAt, type Rule } from "../subject.ts";

/** An id is a stage's alone; ids are written in kebab-case. */
export const stageIds: Rule = (subject, report) => {
  const { workflow } = subject.definition;
  const suggest = (id: string, path: (string | number)[]): void => {
    const kebab = kebabOf(id);
    if (!isIdentifier(id) || kebab === id || kebab === "") return;
    report.warn("schema", {
      code: "not_kebab_case",
      message: `the id "${id}" is not in kebab-case`,
      path,
      at: spotAt(subject, path),
      hint: `write "${kebab}"`,
    });
  };
  suggest(workflow.id, ["workflow", "id"]);
  subject.stages.forEach(({ stage: { id }, at, path: stagePath }) => {
    const path = [...stagePath, "id"];
    const first = subject.graph.positions.get(id) ?? at;
    if (id !== "" && first !== at) {
      report.error("schema", {
        code: "duplicate_id",
        message: `stage ${at + 1} has the id "${id}", which stage ${first + 1} has already`,
        path,
        at: spotAt(subject, path),
        hint: "give one of them another id",
      });
    } else suggest(id, path);
  });
};

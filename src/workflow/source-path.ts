import type { Path } from "./source-node.ts";

const plainName = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** A path as people read it: `stages[1].inputs.diff`, `config.env["a b"]`. */
export function pathText(path: Path): string {
  let text = "";
  for (const key of path) {
    if (typeof key === "number") text += `[${key}]`;
    else if (!plainName.test(key)) text += `[${JSON.stringify(key)}]`;
    else text += text === "" ? key : `.${key}`;
  }
  return text;
}

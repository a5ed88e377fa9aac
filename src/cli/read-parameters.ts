import { AppError } from "../errors.ts";
import type { Value } from "../expression/value.ts";
import { valueOf, type SourceNode } from "../workflow/source-node.ts";
import type { Arguments } from "./arguments.ts";
import { readDataTree } from "./read-input.ts";

interface GivenParameters {
  values: Record<string, Value>;
  /** How those of a file are written there. */
  written: Map<string, SourceNode>;
}

/**
 * What `--params-file` and `--param` give, the latter over the former. Values of `--param` are text, to be brought to
 * their declared type; those of a file are typed already.
 */
export function readParameters(given: Arguments, workdir: string): GivenParameters {
  const parameters = new Map<string, Value>();
  const file = given.text("params-file");
  const written = new Map(file === null ? [] : fromFile(file, workdir));
  for (const [name, node] of written) parameters.set(name, valueOf(node));
  for (const [name, value] of pairs(given.list("param"), "--param", "name=value")) {
    parameters.set(name, value);
    written.delete(name);
  }
  return { values: Object.assign(Object.create(null), Object.fromEntries(parameters)), written };
}

/** `["a=b"]` → `[["a", "b"]]`; the value may hold more `=`. */
export function pairs(texts: readonly string[], option: string, form: string): [string, string][] {
  return texts.map((text) => {
    const at = text.indexOf("=");
    if (at < 1) throw new AppError("invalid_usage", `${option} takes ${form}, not "${text}"`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
}

function fromFile(file: string, workdir: string): [string, SourceNode][] {
  const data = readDataTree(file, workdir);
  if (data.kind === "map") return [...data.entries].map(([name, { value }]) => [name, value]);
  throw new AppError("invalid_usage", `"${file}" must contain parameter names with their values`);
}

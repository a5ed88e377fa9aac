import { AppError } from "../errors.ts";
import { isObject } from "../expression/own-property.ts";
import type { Value, ValueObject } from "../expression/value.ts";
import type { Given } from "./given.ts";
import { readDataFile } from "./read-input.ts";

/**
 * What `--params-file` and `--param` give, the latter over the former. Values of `--param` are text, to be brought to
 * their declared type; those of a file are typed already.
 */
export function parametersGiven(given: Given, workdir: string): Record<string, Value> {
  const parameters = new Map<string, Value>();
  const file = given.text("params-file");
  if (file !== null)
    for (const [name, value] of Object.entries(fromFile(file, workdir))) parameters.set(name, value);
  for (const [name, value] of pairs(given.list("param"), "--param", "name=value"))
    parameters.set(name, value);
  return Object.assign(Object.create(null), Object.fromEntries(parameters));
}

/** `["a=b"]` → `[["a", "b"]]`; the value may hold more `=`. */
export function pairs(texts: readonly string[], option: string, form: string): [string, string][] {
  return texts.map((text) => {
    const at = text.indexOf("=");
    if (at < 1) throw new AppError("invalid_usage", `${option} takes ${form}, not "${text}"`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
}

function fromFile(file: string, workdir: string): ValueObject {
  const data = readDataFile(file, workdir);
  if (isObject(data)) return data;
  throw new AppError("invalid_usage", `"${file}" must hold parameter names with their values`);
}

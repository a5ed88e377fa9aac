import type { Value } from "../../expression/value.ts";
import type { TextStyle } from "./text-style.ts";
import { entriesOf, writeFlow } from "./write-block.ts";
import { isScalarValue } from "./write-scalar.ts";

/**
 * JSON in lines, a level further in than `indent`; what has no parts stays on its line. Lists of plain values do as
 * the text's others do.
 */
export function writeJson(value: Value, indent: string, style: TextStyle): string {
  if (isScalarValue(value)) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const parts: readonly Value[] = isList ? value : entriesOf(value).map(([, part]) => part);
  if (parts.length === 0 || (isList && style.lists === "flow" && parts.every(isScalarValue))) {
    return writeFlow(value, null, style);
  }
  const deeper = indent + style.unit;
  const names = isList ? [] : entriesOf(value).map(([name]) => name);
  const lines = parts.map((part, at) => {
    const key = isList ? "" : `${JSON.stringify(names[at] ?? "")}:${style.colon}`;
    return deeper + key + writeJson(part, deeper, style);
  });
  const [open, close] = isList ? "[]" : "{}";
  return `${open}${style.eol}${lines.join(`,${style.eol}`)}${style.eol}${indent}${close}`;
}

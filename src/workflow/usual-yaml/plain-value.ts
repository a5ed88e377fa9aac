import { numberProblem } from "../../expression/number-problem.ts";
import type { SourceScalar } from "../source-node.ts";
import { throwUnusual } from "./reading.ts";

type PlainValue = SourceScalar["value"];

const forms = {
  null: /^(?:~|[Nn]ull|NULL)$/,
  boolean: /^(?:[Tt]rue|TRUE|[Ff]alse|FALSE)$/,
  octal: /^0o[0-7]+$/,
  integer: /^[-+]?[0-9]+$/,
  hexadecimal: /^0x[0-9a-fA-F]+$/,
  decimal: /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/,
  notFinite: /^(?:[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/,
};

/** A text without quotes as YAML 1.2's core schema takes it. Numbers that cannot be kept are left to the library. */
export function plainValue(written: string): PlainValue {
  const first = written.charAt(0);
  if (/[-+.0-9]/.test(first)) return numberOr(written);
  if (!/[~nNtTfF]/.test(first)) return written;
  if (forms.null.test(written)) return null;
  if (forms.boolean.test(written)) return first === "t" || first === "T";
  return written;
}

function numberOr(written: string): number | string {
  const value = numberOf(written);
  if (value === null) return forms.notFinite.test(written) ? throwUnusual() : written;
  return numberProblem(written, value) === null ? value : throwUnusual();
}

function numberOf(written: string): number | null {
  if (forms.integer.test(written)) return Number.parseInt(written, 10);
  if (forms.decimal.test(written)) return Number.parseFloat(written);
  if (forms.octal.test(written)) return Number.parseInt(written.slice(2), 8);
  if (forms.hexadecimal.test(written)) return Number.parseInt(written.slice(2), 16);
  return null;
}

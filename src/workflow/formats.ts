import { durationForm, parseDuration } from "./duration.ts";
import { meantDuration, meantType } from "./foreign-words.ts";
import { identifierForm, isIdentifier, kebabOf } from "./identifier.ts";
import { parseType, typeForm } from "./value-type.ts";

/** The problem with a text, worded to follow its quoted value, and the way out. */
export interface FormatProblem {
  code: string;
  problem: string;
  hint: string | null;
}

export const refusedNames: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

const semver =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/;
const name = String.raw`[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*`;
const artifactRef = new RegExp(`^(agent|skill|command|mcp|hook):${name}(@[A-Za-z0-9_.+-]+)?$`);
const contextRef = new RegExp(`^ctx:${name}(@[A-Za-z0-9_.+-]+)?$`);

const color = /^#[0-9A-Fa-f]{6}$/;

/** The formats that a pattern describes well enough for an editor. */
export const formatPatterns: Readonly<Record<string, RegExp>> = {
  semver,
  color,
  // At least one digit is not zero, because a duration is more than nothing.
  duration: new RegExp(`(?=.*[1-9])${durationForm.source}`),
  identifier: identifierForm,
  "artifact-ref": artifactRef,
  "context-ref": contextRef,
  "value-type": typeForm,
};

const checks: Record<string, (text: string) => FormatProblem | null> = {
  identifier(text) {
    if (refusedNames.has(text))
      return problem("refused_name", "is a name that is not allowed", "choose another");
    if (isIdentifier(text)) return null;
    const kebab = kebabOf(text.slice(0, 128));
    const hint = kebab === "" ? "letters, digits, - and _, a letter or digit first" : `write "${kebab}"`;
    return problem("bad_id", "is not an identifier", hint);
  },
  duration: (text) =>
    parseDuration(text) !== null ? null : problem("bad_duration", "is not a duration", durationHint(text)),
  "artifact-ref": (text) =>
    artifactRef.test(text)
      ? null
      : problem(
          "bad_ref",
          "is not an artifact reference",
          refHint(text, "agent, skill, command, mcp or hook"),
        ),
  "context-ref": (text) =>
    contextRef.test(text) ? null : problem("bad_ref", "is not a context module", 'write it as "ctx:name"'),
  "value-type"(text) {
    if (parseType(text) !== null) return null;
    const meant = meantType(text);
    return problem(
      "bad_type",
      "is not a type",
      meant === null ? typeHint : `did you mean "${meant}"? ${typeHint}`,
    );
  },
  semver: (text) =>
    semver.test(text) ? null : problem("bad_version", "is not a semantic version", versionHint(text)),
  color: (text) =>
    color.test(text) ? null : problem("bad_color", "is not a color", 'write it as "#1f6feb"'),
};

const typeHint =
  "the types are string, number, integer, boolean, object, array, array<type>, artifact_ref, memory_item, " +
  "context_module";

/** Null when the text has that format. */
export function checkFormat(format: string, text: string): FormatProblem | null {
  const check = checks[format];
  if (!check) throw new Error(`there is no format "${format}"`);
  return check(text);
}

/** Checks a name of a parameter, input, output or variable. Null when the name is allowed. */
export function checkName(given: string, format: string | null): FormatProblem | null {
  if (refusedNames.has(given))
    return problem("refused_name", "is a name that is not allowed", "choose another");
  if (given.trim() === "") return problem("bad_name", "is not a name", null);
  // oxlint-disable-next-line no-control-regex
  if (format === "variable" && /[=\u0000-\u001f]/.test(given)) {
    return problem("bad_name", "is not a name of an environment variable", "letters, digits and _");
  }
  return null;
}

function durationHint(text: string): string {
  const forms = 'write it as "90s", "30m" or "1h30m"';
  if (/^[0-9]+(\.[0-9]+)?$/.test(text)) return `a duration has a unit: "${text}s" or "${text}m"`;
  const meant = meantDuration(text);
  return meant === null ? forms : `did you mean "${meant}"? ${forms}`;
}

function versionHint(text: string): string {
  const [, numbers] = /^v?([0-9]+(?:\.[0-9]+){0,2})$/i.exec(text.trim()) ?? [];
  if (numbers === undefined) return 'three numbers, such as "1.0.0"';
  const three = [...numbers.split("."), "0", "0"].slice(0, 3).map(Number).join(".");
  return `three numbers: "${three}"`;
}

function refHint(text: string, kinds: string): string {
  const [, kind = "", name = ""] =
    /^(agent|skill|command|mcp|hook)s?\s*[:/]\s*([\w./@-]+)$/i.exec(text) ?? [];
  const meant = `${kind.toLowerCase()}:${name}`;
  if (artifactRef.test(meant)) return `did you mean "${meant}"?`;
  if (/^[A-Za-z0-9_][\w./-]*$/.test(text)) return `did you mean "agent:${text}"?`;
  return `the kind first: ${kinds}, then ":" and the name`;
}

function problem(code: string, text: string, hint: string | null): FormatProblem {
  return { code, problem: text, hint };
}

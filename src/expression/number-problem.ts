/** From here on JSON itself writes numbers with an exponent, so that what is taken can also be handed on. */
const writtenWithExponent = 1e21;

/**
 * Why a number cannot be taken as it is written, with the way out; null when it is kept as it stands. Whole numbers
 * beyond ±(2^53 - 1) would be changed in silence, and what overflows would be lost. `value` is what the text was read
 * as, for forms such as `0x1F` that `Number` would read otherwise.
 */
export function numberProblem(written: string, value: number = Number(written)): string | null {
  if (Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return null;
  const shown = written.length > 80 ? `${written.slice(0, 80)}…` : written;
  const wayOut = `make it a quoted string: "${shown}"`;
  if (!Number.isFinite(value))
    return `${shown} is too large a number. the largest is about 1.8e308. ${wayOut}`;
  if (isMeasure(written, value)) return null;
  return `${shown} is a whole number beyond ±${Number.MAX_SAFE_INTEGER}, which cannot be kept exactly. ${wayOut}`;
}

/** A very large number with an exponent that comes out as it went in. */
function isMeasure(written: string, value: number): boolean {
  if (Math.abs(value) < writtenWithExponent) return false;
  const given = significantDigits(written);
  return given !== null && given === significantDigits(String(value));
}

/** Digits and exponent of a number in exponent notation: the same text for the same number. Null for other forms. */
function significantDigits(written: string): string | null {
  const [, whole = "", fraction = "", exponent = ""] =
    /^[+-]?([0-9]+)(?:\.([0-9]*))?[eE]([+-]?[0-9]+)$/.exec(written) ?? [];
  if (exponent === "") return null;
  const digits = (whole + fraction).replace(/^0+/, "");
  const kept = digits.replace(/0+$/, "");
  return `${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`;
}

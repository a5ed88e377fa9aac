import { AppError } from "../errors.ts";

/** The arguments and options of one call, read by name. */
export interface Arguments {
  /** The argument at a place; the parser has checked that required ones are there. */
  argument(index: number): string;
  optionalArgument(index: number): string | null;
  flag(name: string): boolean;
  /** True for `--no-name`. */
  isOff(name: string): boolean;
  text(name: string): string | null;
  list(name: string): string[];
  /** An integer option; a value outside of the bounds is refused. */
  whole(name: string, bounds: { least: number; most: number }): number | null;
}

/** Options come by their long name, without dashes in front: `params-file`. */
export function readArguments(args: readonly string[], options: ReadonlyMap<string, unknown>): Arguments {
  const text = (name: string): string | null => {
    const value = options.get(name);
    return typeof value === "string" ? value : null;
  };
  return {
    argument: (index) => args[index] ?? "",
    optionalArgument: (index) => args[index] ?? null,
    flag: (name) => options.get(name) === true,
    isOff: (name) => options.get(name) === false,
    text,
    list: (name) => {
      const value = options.get(name);
      return Array.isArray(value) ? value.map(String) : [];
    },
    whole: (name, bounds) => {
      const value = text(name);
      return value === null ? null : wholeNumber(name, value, bounds);
    },
  };
}

function wholeNumber(name: string, value: string, { least, most }: { least: number; most: number }): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < least || number > most) {
    throw new AppError(
      "invalid_usage",
      `--${name} takes a whole number from ${least} to ${most}, not "${value}"`,
    );
  }
  return number;
}

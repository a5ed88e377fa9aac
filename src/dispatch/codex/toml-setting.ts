type TomlValue = string | boolean | readonly string[] | { readonly [name: string]: TomlValue };

/** A setting of codex for `-c`, which takes TOML; a table is written on one line. */
export function tomlSetting(name: string, value: TomlValue): string {
  return `${name}=${write(value)}`;
}

function write(value: TomlValue): string {
  if (typeof value === "boolean") return String(value);
  if (typeof value === "string") return writeText(value);
  if (isList(value)) return `[${value.map(writeText).join(", ")}]`;
  return `{${Object.entries(value)
    .map(([name, each]) => `${writeText(name)}=${write(each)}`)
    .join(", ")}}`;
}

function isList(value: TomlValue): value is readonly string[] {
  return Array.isArray(value);
}

/** TOML's texts are written like those of JSON, save for one character. */
function writeText(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll("\u007f", "\\u007f");
}

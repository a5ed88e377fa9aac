/** What Claude Code documents for `.mcp.json`: `${NAME}`, and `${NAME:-value}` where the variable may be missing. */
const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/** The names of the variables that a text needs: those it gives no value for. */
export function neededVariables(text: string): string[] {
  return [...text.matchAll(variable)].flatMap(([, name = "", fallback]) =>
    fallback === undefined ? name : [],
  );
}

/** Fills in variables. One that is missing and has no value of its own becomes the empty text. */
export function fillVariables(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(variable, (_, name: string, fallback?: string) =>
    Object.hasOwn(variables, name) ? (variables[name] ?? "") : (fallback ?? ""),
  );
}

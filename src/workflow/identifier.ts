/** The pattern of the ids of workflows and stages. */
export const identifierForm = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

export function isIdentifier(text: string): boolean {
  return identifierForm.test(text);
}

/** The id in the right form: `CodeReview` becomes `code-review`. Empty when no character can be kept. */
export function kebabOf(id: string): string {
  return id
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .toLowerCase();
}

/** What names workflows and stages. */
export const identifierForm = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

export function isIdentifier(text: string): boolean {
  return identifierForm.test(text);
}

/** The id as it should be written: `CodeReview` as `code-review`. Empty when nothing of it can stay. */
export function kebabOf(id: string): string {
  return id
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .toLowerCase();
}

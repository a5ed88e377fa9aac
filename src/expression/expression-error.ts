/** What is wrong with an expression. `offset` counts UTF-16 units in the text that was parsed. */
export class ExpressionError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = "ExpressionError";
    this.offset = offset;
  }
}

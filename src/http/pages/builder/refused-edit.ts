/** A change that cannot be made in the form: it must be made in the text itself, at this line (from 1). */
export class RefusedEdit extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.name = "RefusedEdit";
    this.line = line;
  }
}

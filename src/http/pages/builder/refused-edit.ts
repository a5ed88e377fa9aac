/** A change that cannot be spliced into the text: it is made in the text itself, at this line (from 1). */
export class RefusedEdit extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.name = "RefusedEdit";
    this.line = line;
  }
}

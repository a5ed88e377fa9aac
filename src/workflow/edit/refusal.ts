/** An edit that cannot be made safely; `offset` is the place in the text. Never leaves this folder. */
export class Refusal extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = "Refusal";
    this.offset = offset;
  }
}

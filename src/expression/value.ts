/** Everything an expression can yield: JSON. Objects are read by own properties only. */
export type Value = null | boolean | number | string | readonly Value[] | ValueObject;

export interface ValueObject {
  readonly [key: string]: Value;
}

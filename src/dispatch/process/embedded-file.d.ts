declare module "*.bin" {
  /** The path of the file; in the compiled program only Bun can read it. */
  const path: string;
  export default path;
}

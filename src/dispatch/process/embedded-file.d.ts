declare module "*.bin" {
  /** The path of the file; in the compiled program one that only Bun can read. */
  const path: string;
  export default path;
}

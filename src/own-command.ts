/**
 * The command that starts this program again. The compiled one is its own interpreter; from source, bun is given the
 * entry.
 */
export function ownCommand(): string[] {
  const [, entry = ""] = process.argv;
  return entry.startsWith("/$bunfs/") || entry === "" ? [process.execPath] : [process.execPath, entry];
}

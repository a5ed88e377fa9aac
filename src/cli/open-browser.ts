/** Opens an address in whatever the system calls its browser. A machine without one is told, and nothing more. */
export function openBrowser(url: string, note: (text: string) => void): void {
  const program = process.platform === "darwin" ? "open" : "xdg-open";
  if (Bun.which(program) === null) return note(`there is no ${program} here; open ${url} yourself`);
  Bun.spawn([program, url], { stdin: "ignore", stdout: "ignore", stderr: "ignore" }).unref();
}

import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Invocation } from "./command.ts";

/**
 * Opens an address in the system's browser. The address is passed in a file that only its owner can read, because every
 * user of the machine can read a command line. If there is no browser, that is reported.
 */
export function openBrowser({ home, env, output }: Invocation, url: string): void {
  const program = process.platform === "darwin" ? "open" : "xdg-open";
  if (Bun.which(program) === null)
    return output.note(`there is no ${program} here; open the address yourself`);
  if (!hasScreen(env)) return output.note("there is no screen here; open the address in a browser elsewhere");
  const page = pathToFileURL(writePage(home, url)).href;
  // The browser and its children do not need the token, and outlive this terminal.
  const { SKILLMEAT_TOKEN: _, ...others } = env;
  const streams = { stdin: "ignore", stdout: "ignore", stderr: "ignore" } as const;
  Bun.spawn([program, page], { env: others, detached: true, ...streams }).unref();
}

/** Without a screen `xdg-open` would start a browser for terminals, which nobody would see. */
function hasScreen(env: Invocation["env"]): boolean {
  return process.platform === "darwin" || ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"].some((name) => env[name]);
}

function writePage(home: string, url: string): string {
  const file = join(home, "open.html");
  const draft = `${file}.new-${process.pid}`;
  const address = Bun.escapeHTML(url);
  const page = `<!doctype html>
<meta charset="utf-8"><meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0;url=${address}">
<title>skillmeat</title><a href="${address}">Open skillmeat</a>
`;
  writeFileSync(draft, page, { mode: 0o600, flag: "wx" });
  renameSync(draft, file);
  return file;
}

import { existsSync } from "node:fs";
import process from "node:process";

/** Debian's browser without windows takes half the processor time of the one with windows. */
const withoutWindows = "/usr/bin/chromium-headless-shell";
const whole = "/usr/bin/chromium";

/** The browser for tests and benches: `$CHROMIUM`, else the one that `bring-chromium.sh` finds or installs. */
export const chromiumPath =
  process.env["CHROMIUM"] ?? (existsSync(withoutWindows) || !existsSync(whole) ? withoutWindows : whole);

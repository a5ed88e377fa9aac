import { existsSync } from "node:fs";
import process from "node:process";

/** Debian's browser without windows: the same browser for half the processor time. */
const withoutWindows = "/usr/bin/chromium-headless-shell";
const whole = "/usr/bin/chromium";

/** The program that draws pages for tests and benches: `$CHROMIUM`, else what `bring-chromium.sh` finds or installs. */
export const chromiumPath =
  process.env["CHROMIUM"] ?? (existsSync(withoutWindows) || !existsSync(whole) ? withoutWindows : whole);

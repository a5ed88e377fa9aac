import { existsSync } from "node:fs";
import process from "node:process";

/** Debian's. The shell is the same browser without windows, and costs half as much processor time. */
const usual = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

/** The program that draws pages for tests and benches: `$CHROMIUM`, else what `bring-chromium.sh` finds or installs. */
export const chromiumPath = process.env["CHROMIUM"] ?? usual.find((path) => existsSync(path)) ?? usual[0]!;

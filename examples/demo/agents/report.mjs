#!/usr/bin/env node
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { handIn, inputs } from "./contract.mjs";

const shownAtMost = 20;
const inspections = Object.entries(inputs.inspections);
const total = inspections.reduce((sum, [, { findings }]) => sum + findings.length, 0);
const verdict = total === 0 ? "nothing to say" : `${total} ${total === 1 ? "place" : "places"} to look at`;

const text = [
  "# Repository check-up",
  "",
  `Looked at ${inputs.basis}: ${verdict}.`,
  ...(inputs.commits.length > 0 ? ["", ...inputs.commits.map((commit) => `- ${commit}`)] : []),
  ...inspections.flatMap(([name, inspection]) => section(name, inspection)),
  "",
].join("\n");

const path = resolve(inputs.path);
mkdirSync(dirname(path), { recursive: true });
writeFileSync(path, text);
writeFileSync(process.env.SKILLMEAT_SUMMARY, text);
console.log(`wrote ${path}`);
handIn({ report: path, findings: total, verdict });

function section(name, { checked, findings }) {
  const rows = findings.slice(0, shownAtMost).map(({ file, line, note }) => `- \`${file}:${line}\` ${note}`);
  const more = findings.length > shownAtMost ? [`- and ${findings.length - shownAtMost} more`] : [];
  return ["", `## ${name}`, "", `${findings.length} findings in ${checked} files.`, "", ...rows, ...more];
}

#!/usr/bin/env node
import { readFileSync, writeFileSync } from "node:fs";

const { inputs } = JSON.parse(readFileSync(process.env.SKILLMEAT_INPUT, "utf8"));
const text = inputs.text.split(/\s+/).slice(0, 8).join(" ");
writeFileSync(process.env.SKILLMEAT_OUTPUT, JSON.stringify({ text }));

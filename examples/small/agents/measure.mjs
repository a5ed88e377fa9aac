#!/usr/bin/env node
import { readFileSync, writeFileSync } from "node:fs";

const { inputs } = JSON.parse(readFileSync(process.env.SKILLMEAT_INPUT, "utf8"));
const words = inputs.text.split(/\s+/).filter((word) => word !== "").length;
writeFileSync(process.env.SKILLMEAT_OUTPUT, JSON.stringify({ words, long: words > 8 }));

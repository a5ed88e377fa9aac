#!/usr/bin/env node
import { readFileSync, writeFileSync } from "node:fs";

const { inputs } = JSON.parse(readFileSync(process.env.SKILLMEAT_INPUT, "utf8"));
console.log(inputs.said);
writeFileSync(process.env.SKILLMEAT_OUTPUT, JSON.stringify({ said: inputs.said }));

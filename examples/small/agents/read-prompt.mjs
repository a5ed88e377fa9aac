#!/usr/bin/env node
import { readFileSync, writeFileSync } from "node:fs";

const { prompt } = JSON.parse(readFileSync(process.env.SKILLMEAT_INPUT, "utf8"));
console.log(prompt);
writeFileSync(process.env.SKILLMEAT_OUTPUT, JSON.stringify({ lines: prompt.split("\n").length }));

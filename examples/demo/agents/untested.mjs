#!/usr/bin/env node
import { existsSync } from "node:fs";
import { inspect } from "./contract.mjs";

const isTest = (file) => /\.(test|spec)\.\w+$/.test(file);

inspect(
  (file) => /^src\/.*\.(ts|tsx|js|jsx|mjs)$/.test(file) && !file.endsWith(".d.ts") && !isTest(file),
  (file, text) => {
    const stem = file.replace(/\.\w+$/, "");
    const ending = file.slice(stem.length);
    const hasTest = ["test", "spec"].some((kind) => existsSync(`${stem}.${kind}${ending}`));
    return hasTest ? [] : [{ line: 1, note: `no test beside it (${text.split("\n").length - 1} lines)` }];
  },
);

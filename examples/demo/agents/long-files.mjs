#!/usr/bin/env node
import { inputs, inspect } from "./contract.mjs";

inspect(
  (file) => !file.includes(".min.") && /\.(c|cc|cpp|css|go|java|js|jsx|mjs|py|rb|rs|sh|ts|tsx)$/.test(file),
  (_file, text) => {
    const lines = text.split("\n").length - 1;
    return lines > inputs.max_lines ? [{ line: inputs.max_lines + 1, note: `has ${lines} lines` }] : [];
  },
);

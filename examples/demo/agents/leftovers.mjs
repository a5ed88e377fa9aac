#!/usr/bin/env node
import { inspect } from "./contract.mjs";

// Put together, so that this file does not find itself.
const words = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"];
const marker = new RegExp(`\\b(${words.join("|")})\\b|^(<{7}|>{7}) |^\\s*debug${"ger"};`);

inspect(
  (file) => /\.(c|cc|cpp|css|go|html|java|js|jsx|mjs|py|rb|rs|sh|ts|tsx)$/.test(file),
  (_file, text) =>
    text.split("\n").flatMap((line, at) => {
      const found = marker.exec(line);
      return found ? [{ line: at + 1, note: `still says "${found[0].trim()}"` }] : [];
    }),
);

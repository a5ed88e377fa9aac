import { readFileSync } from "node:fs";
import { join } from "node:path";
import { plugin } from "bun";
import { mutants, type Mutant } from "./mutants.ts";

const sources = join(import.meta.dir, "..", "..");

/** Has the file of a mutant loaded with its bug, if nothing has loaded it before. Throws where it does not apply. */
export function plantMutant(name: string): void {
  const mutant = mutants.find((each) => each.name === name);
  if (!mutant) throw new Error(`there is no mutant "${name}"`);
  const path = join(sources, mutant.file);
  const contents = mutatedText(mutant);
  plugin({
    name: "mutant",
    setup: (build) => {
      build.onLoad({ filter: new RegExp(`${mutant.file.replaceAll(".", "\\.")}$`) }, (given) => ({
        contents: given.path === path ? contents : readFileSync(given.path, "utf8"),
        loader: "ts",
      }));
    },
  });
}

/** The text of its file with the bug in it. Throws where the text to be replaced does not stand there exactly once. */
export function mutatedText({ name, file, find, replace }: Mutant): string {
  const text = readFileSync(join(sources, file), "utf8");
  const parts = text.split(find);
  if (parts.length === 2) return parts.join(replace);
  throw new Error(
    `the mutant "${name}" does not apply any more: its text stands in src/${file} ${parts.length - 1} times, once is ` +
      "expected. give it the text that does today what it changes",
  );
}

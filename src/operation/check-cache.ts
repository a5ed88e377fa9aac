import { openArtifacts, type Artifacts } from "../collection/artifacts.ts";
import type { Surroundings } from "../collection/artifact-places.ts";
import { createLooks, type Looks } from "../collection/seen-files.ts";
import type { CheckedWorkflow } from "../workflow/validate.ts";
import { checkText } from "./check-text.ts";
import type { DefinitionText } from "./stored-definition.ts";

/** A definition that was checked, and the artifacts it was checked with. Shared by runs: nobody may change it. */
export interface KeptCheck {
  checked: CheckedWorkflow;
  artifacts: Artifacts;
}

interface CachedCheck extends KeptCheck {
  text: string;
  looks: Looks;
}

const most = { checks: 64, characters: 4 * 1024 * 1024, references: 2_000 };

/** By everything besides text and files that the check depends on; the one that was used last is at the end. */
const kept = new Map<string, CachedCheck>();

/**
 * Checks a definition with the overrides of the working directory, or reuses the check of an earlier run as long as the
 * text and every file and folder that was looked at for it are the same. Throws `AppError` for overrides that cannot be
 * read.
 */
export async function checkOnce(
  { text, file }: DefinitionText,
  surroundings: Surroundings,
): Promise<KeptCheck> {
  const key = JSON.stringify([file, surroundings]);
  const known = kept.get(key);
  kept.delete(key);
  if (known?.text === text && known.looks.areSame()) {
    kept.set(key, known);
    return known;
  }
  const looks = createLooks();
  const job = { text, file, isStrict: false, surroundings, overridesOf: surroundings.workdir };
  const checked = await checkText(job, looks);
  const artifacts = keepAnswers(
    looks.record(() => openArtifacts(surroundings)),
    looks,
  );
  const made = { text, looks, checked, artifacts };
  if (checked.validation.valid) {
    kept.set(key, made);
    forgetOldest();
  }
  return made;
}

function forgetOldest(): void {
  let characters = [...kept.values()].reduce((sum, { text }) => sum + text.length, 0);
  for (const [key, { text }] of kept) {
    if (kept.size <= most.checks && characters <= most.characters) return;
    kept.delete(key);
    characters -= text.length;
  }
}

/** Every run asks for the same few references, so their files are read once. */
function keepAnswers(artifacts: Artifacts, looks: Looks): Artifacts {
  const once = <Answer>(ask: (ref: string) => Answer): ((ref: string) => Answer) => {
    const answers = new Map<string, Answer>();
    return (ref) => {
      if (answers.has(ref)) return answers.get(ref) as Answer;
      const answer = looks.record(() => ask(ref));
      if (answers.size < most.references) answers.set(ref, answer);
      return answer;
    };
  };
  return {
    find: once(artifacts.find),
    hint: once(artifacts.hint),
    trouble: once(artifacts.trouble),
    modelOf: once(artifacts.modelOf),
    agent: once(artifacts.agent),
    lacks: once(artifacts.lacks),
    module: once(artifacts.module),
    tools: (agent, tools) => looks.record(() => artifacts.tools(agent, tools)),
    list: (type) => looks.record(() => artifacts.list(type)),
    refused: (type) => looks.record(() => artifacts.refused(type)),
  };
}

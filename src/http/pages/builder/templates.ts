import delivery from "../../../../examples/delivery/WORKFLOW.yaml" with { type: "text" };
import parallel from "../../../../examples/templates/parallel.yaml" with { type: "text" };
import review from "../../../../examples/templates/review.yaml" with { type: "text" };
import type { Beginning } from "../../../../views/workflows/builder/new-page.tsx";
import { AppError } from "../../../errors.ts";
import { readDraft } from "./read-draft.ts";

type Template = Omit<Beginning, "stages"> & { text: string };

const empty = `workflow:
  id: new-workflow
  name: New workflow

stages: []
`;

const templates: readonly Template[] = [
  {
    id: "empty",
    name: "Empty",
    description: "A name and nothing else. Add the stages one by one.",
    icon: "plus",
    text: empty,
  },
  {
    id: "review",
    name: "Two-stage review",
    description: "An agent does what is asked, a second one reviews it.",
    icon: "scan-eye",
    text: review,
  },
  {
    id: "parallel",
    name: "Parallel implementation with gate",
    description:
      "A plan, two agents at the same time, a person who decides, and one that brings it together.",
    icon: "git-fork",
    text: parallel,
  },
  {
    id: "delivery",
    name: "Delivery",
    description:
      "A feature from the idea to the release: eight stages, conditions, and an approval before it is deployed.",
    icon: "rocket",
    text: delivery,
  },
];

/** What a new workflow can begin with. */
export function beginnings(): Beginning[] {
  return templates.map(({ text, ...template }) => ({
    ...template,
    stages: readDraft(text).definition?.stages ?? [],
  }));
}

/** The text to begin with, and the workflow's name in it. Throws `AppError` for an unknown template. */
export function templateText(id: string): { name: string; text: string } {
  const template = templates.find((each) => each.id === id);
  if (!template) throw new AppError("invalid_usage", `there is no template "${id.slice(0, 40)}"`);
  return { name: readDraft(template.text).definition?.workflow.name ?? template.name, text: template.text };
}

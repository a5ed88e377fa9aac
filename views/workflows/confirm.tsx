import type { Child } from "../jsx/jsx-runtime.ts";
import type { Frame } from "../layout/frame.ts";
import { page } from "../layout/page.tsx";
import { libraryPath, workflowPath } from "../paths.ts";

interface Question {
  workflow: { slug: string; name: string };
  title: string;
  /** What happens, and what does not. */
  text: string;
  /** Where the form goes, below the workflow's own address. */
  action: "delete" | "restore";
  /** The button's word. */
  word: string;
  fields?: Child;
}

/** A page that asks before something that cannot be taken back. */
export function confirmPage(frame: Frame, { workflow, title, text, action, word, fields }: Question): string {
  const { slug, name } = workflow;
  return page({
    frame,
    facts: {
      title,
      section: "workflows",
      crumbs: [
        { name: "Workflows", path: libraryPath },
        { name, path: workflowPath(slug) },
      ],
    },
    children: (
      <main id="main" class="scroll" tabindex="-1">
        <div class="sheet narrow">
          <h1>{title}</h1>
          <p>{text}</p>
          <form class="form" method="post" action={workflowPath(slug, action)}>
            {fields}
            <div class="acts">
              <a class="btn" href={workflowPath(slug)}>
                Keep it as it is
              </a>
              <button class={action === "delete" ? "btn danger" : "btn primary"} autofocus>
                {word}
              </button>
            </div>
          </form>
        </div>
      </main>
    ),
  });
}

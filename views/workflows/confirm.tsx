import type { Child } from "../jsx/jsx-runtime.ts";
import type { Crumb, Frame } from "../layout/frame.ts";
import { page } from "../layout/page.tsx";
import { libraryPath } from "../paths.ts";

interface Question {
  title: string;
  /** What happens, and what does not. */
  text: string;
  /** Where the form goes. */
  action: string;
  /** The button's word. */
  word: string;
  /** True: something is lost by it. */
  isDanger?: boolean;
  /** What it is about, and where one gets back to. */
  about: Crumb;
  fields?: Child;
}

/** A page that asks before something that cannot be undone, so that one key too many loses nothing. */
export function confirmPage(frame: Frame, question: Question): string {
  const { title, text, action, word, isDanger = false, about, fields } = question;
  return page({
    frame,
    facts: {
      title,
      section: "workflows",
      crumbs: [{ name: "Workflows", path: libraryPath }, about],
    },
    children: (
      <main id="main" class="scroll" tabindex="-1">
        <div class="sheet narrow">
          <h1>{title}</h1>
          <p>{text}</p>
          <form class="form" method="post" action={action}>
            {fields}
            <div class="acts">
              <a class="btn" href={about.path} autofocus={isDanger}>
                Keep it as it is
              </a>
              <button class={isDanger ? "btn danger" : "btn primary"} autofocus={!isDanger}>
                {word}
              </button>
            </div>
          </form>
        </div>
      </main>
    ),
  });
}

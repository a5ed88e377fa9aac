import { Icon } from "./components/icon.tsx";
import type { Frame } from "./layout/frame.ts";
import { page } from "./layout/page.tsx";

interface Trouble {
  status: number;
  message: string;
  lines: readonly { path: string; message: string }[];
  /** Under which the log has it. */
  traceId: string;
}

/** An error as a page. It looks nothing up, because that may be what fails. */
export function problemDocument(frame: Frame, { status, message, lines, traceId }: Trouble): string {
  const title = status === 404 ? "Not found" : status < 500 ? "That did not work" : "Something is wrong";
  return page({
    frame,
    facts: { title, section: null, hasOwnStream: true },
    children: (
      <main id="main" class="scroll" tabindex="-1">
        <div class="empty">
          <span class="tile h-slate">
            <Icon name={status === 404 ? "search" : "triangle-alert"} />
          </span>
          <h1>{title}</h1>
          <p>{message}</p>
          {lines.length === 0 ? null : (
            <ul class="lines">
              {lines.map((line) => (
                <li>{line.path === "" ? line.message : `${line.path}: ${line.message}`}</li>
              ))}
            </ul>
          )}
          <a class="btn primary" href="/">
            {frame.hasWorkflows ? "To the workflows" : "To the start"}
          </a>
          <p class="muted">{`${status} · ${traceId}`}</p>
        </div>
      </main>
    ),
  });
}

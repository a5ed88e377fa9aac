import { Icon } from "../components/icon.tsx";
import type { Html } from "../jsx/jsx-runtime.ts";
import { fragment } from "./fragment.ts";
import type { Toast } from "./frame.ts";

export function Toasts({ toast }: { toast: Toast | null }): Html {
  return (
    <div id="toasts" class="toasts" role="region" aria-label="Messages" aria-live="polite">
      {toast ? <ToastLine toast={toast} /> : null}
    </div>
  );
}

export const ToastLine = fragment<{ toast: Toast }>("toasts", "beforeend", ({ toast }) => {
  const failed = toast.kind === "failed";
  return (
    <p class={`toast ${failed ? "failed" : "completed"}`} role={failed ? "alert" : null}>
      <Icon name={failed ? "circle-x" : "circle-check"} />
      <span>{toast.text}</span>
      <button type="button" class="btn ghost icon sm" aria-label="Dismiss" data-dismiss>
        <Icon name="x" size="s" />
      </button>
    </p>
  );
});

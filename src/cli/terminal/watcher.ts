import type { StoredEvent } from "../../execution/event.ts";

/** Shows a person or a program what happens in an execution while it happens. */
export interface Watcher {
  /** Takes events of the execution, in their order. */
  take(events: readonly StoredEvent[]): void;
  /** No more events come: shows the final state. */
  close(): void;
}

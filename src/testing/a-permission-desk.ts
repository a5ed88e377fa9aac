import type { AskedCall } from "../execution/permission.ts";
import type { PermissionAnswer, PermissionDesk } from "../dispatch/dispatcher.ts";

/** A desk at which the test decides. */
export interface TestDesk extends PermissionDesk {
  asked: AskedCall[];
  withdrawn: string[];
  /** True: it gives no more answers, as the desk of an engine that is gone. */
  isDead: boolean;
  answer(...answers: PermissionAnswer[]): void;
}

/** `given`: what was decided before. */
export function aPermissionDesk(given: PermissionAnswer[] = []): TestDesk {
  const answers = [...given];
  const listeners = new Set<() => void>();
  const desk: TestDesk = {
    asked: [],
    withdrawn: [],
    isDead: false,
    ask: (call) => void desk.asked.push(call),
    withdraw: (id) => void desk.withdrawn.push(id),
    answers: () => (desk.isDead ? given : answers),
    isWaiting: () => answers.length + desk.withdrawn.length < desk.asked.length,
    follow(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    answer(...more) {
      answers.push(...more);
      for (const listener of listeners) listener();
    },
  };
  return desk;
}

import type { StageType } from "./effective.ts";

/** The differences between the kinds of stages, for code that needs more than the name of the kind. */
export interface StageKind {
  /** The type of its step in records and events. */
  step: "agent" | "gate";
  /** True: a person decides. It has approvers, but no inputs, outputs, attempts, workspace or log. */
  isDecided: boolean;
  /** The name of its icon. */
  icon: "bot" | "hand";
  word: string;
}

/** Only this switch distinguishes the kinds of stages. */
export function stageKind(type: StageType): StageKind {
  switch (type) {
    // A fan-out is reserved: a rule refuses it. Until the rule runs, it counts as an agent stage, like its future
    // branches.
    case "agent":
    case "fan_out":
      return { step: "agent", isDecided: false, icon: "bot", word: "Agent" };
    case "gate":
      return { step: "gate", isDecided: true, icon: "hand", word: "Gate" };
    default:
      return type satisfies never;
  }
}

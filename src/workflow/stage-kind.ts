import type { StageType } from "./effective.ts";

/** What sets the kinds of stages apart, for all who need to know more of a stage than its kind's name. */
export interface StageKind {
  /** What its step is, in records and events. */
  step: "agent" | "gate";
  /** True: a person decides it. It has approvers, and neither inputs, outputs, attempts, a workspace nor a log. */
  isDecided: boolean;
  /** The icon that stands for it. */
  icon: "bot" | "hand";
  word: string;
}

/** The one place that tells the kinds of stages apart. */
export function stageKind(type: StageType): StageKind {
  switch (type) {
    // A fan-out is reserved: a rule refuses it, and until then it is read as what its branches will be.
    case "agent":
    case "fan_out":
      return { step: "agent", isDecided: false, icon: "bot", word: "Agent" };
    case "gate":
      return { step: "gate", isDecided: true, icon: "hand", word: "Gate" };
    default:
      return type satisfies never;
  }
}

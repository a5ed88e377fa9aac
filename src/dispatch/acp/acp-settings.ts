import type { StageError } from "../dispatcher.ts";
import { ignoredKeys, noteText, type KeyReading, type KeyRequest } from "../key-notes.ts";
import { refuseStart } from "../refuse-start.ts";
import { textsOf } from "../texts-of.ts";
import type { AcpPlan } from "./acp-plan.ts";
import { hasBrackets } from "./judge-request.ts";

type Settings = Pick<AcpPlan, "mode" | "model" | "effort" | "denied">;

/** What the keys of an agent file mean to an agent of this protocol, or the error that its attempt fails with. */
export function acpSettings(
  request: KeyRequest,
): { settings: Settings; warnings: string[] } | { error: StageError } {
  const given = request.agent?.settings ?? {};
  const { permissionMode, effort } = given;
  const { model, refusal, notes } = readForAcp(request);
  if (refusal !== null)
    return refuseStart("invalid_request", `${noteText(request, refusal)}. ${refusal.wayOut}`);
  return {
    settings: {
      mode: permissionMode === "plan" ? "plan" : "default",
      model,
      effort: typeof effort === "string" && effort !== "" ? effort : null,
      denied: textsOf(given["disallowedTools"]),
    },
    warnings: notes.map((note) => noteText(request, note)),
  };
}

/** What an agent of this protocol makes of an agent's file. Which models it offers is known only when it runs. */
export function readForAcp({ agent, tools, model, is_model_named: isNamed }: KeyRequest): KeyReading {
  const given = agent?.settings ?? {};
  const { permissionMode: mode = null } = given;
  const isRefused = typeof mode === "string" && refusedModes.has(mode);
  const isKnown = mode === null || isRefused || (typeof mode === "string" && knownModes.has(mode));
  return {
    model: isNamed && model !== "" && model !== "inherit" ? model : null,
    refusal: isRefused
      ? {
          key: "permissionMode",
          says: `is "${mode}", which would let the agent do anything without being asked, and is refused`,
          wayOut: 'leave it out, and allow what the agent needs with "tools"',
        }
      : null,
    notes: [
      ...ignoredKeys(given, ["maxTurns"], "acp"),
      ...(isKnown
        ? []
        : [
            {
              key: "permissionMode",
              says: `is ${JSON.stringify(mode)}, which has no effect with the dispatcher acp`,
            },
          ]),
      ...tools.filter(hasBrackets).map((rule) => ({
        key: "tools",
        says: `has the rule "${rule}", which allows nothing with the dispatcher acp: name the whole tool`,
        isOfStage: !(agent?.tools ?? []).includes(rule),
      })),
      ...textsOf(given["disallowedTools"])
        .filter(hasBrackets)
        .map((rule) => ({
          key: "disallowedTools",
          says: `has the rule "${rule}", which denies the whole tool with the dispatcher acp`,
        })),
    ],
  };
}

const refusedModes = new Set(["bypassPermissions", "auto", "yolo"]);
const knownModes = new Set(["default", "manual", "dontAsk", "plan"]);

import type { StageError, StageRequest } from "../dispatcher.ts";
import { refuseStart } from "../refuse-start.ts";
import { textsOf } from "../texts-of.ts";
import type { AcpPlan } from "./acp-plan.ts";
import { hasBrackets } from "./judge-request.ts";

type Settings = Pick<AcpPlan, "mode" | "model" | "effort" | "denied">;

type SettingsRequest = Pick<StageRequest, "agent" | "tools" | "model" | "is_model_named">;

/** What the keys of an agent file mean to an agent of this protocol, or the error that its attempt fails with. */
export function acpSettings({
  agent,
  tools,
  model,
  is_model_named: isNamed,
}: SettingsRequest): { settings: Settings; warnings: string[] } | { error: StageError } {
  const given = agent?.settings ?? {};
  const { permissionMode, effort } = given;
  const file = agent?.path ?? "the agent file";
  const wanted = typeof permissionMode === "string" ? permissionMode : "default";
  if (refusedModes.has(wanted)) {
    return refuseStart(
      "invalid_request",
      `"permissionMode" of ${file} is "${wanted}", which would let the agent do anything without being asked, and is ` +
        'refused. leave it out, and allow what the agent needs with "tools"',
    );
  }
  const denied = textsOf(given["disallowedTools"]);
  const isPlan = wanted === "plan";
  const ignored = ["maxTurns", "hooks"].filter((key) => Object.hasOwn(given, key));
  const unknownMode = isPlan || askingModes.has(wanted) ? [] : [`permissionMode: ${wanted}`];
  return {
    settings: {
      mode: isPlan ? "plan" : "default",
      model: isNamed && model !== "" && model !== "inherit" ? model : null,
      effort: typeof effort === "string" && effort !== "" ? effort : null,
      denied,
    },
    warnings: [
      ...[...ignored, ...unknownMode].map(
        (key) => `"${key}" of the agent file has no effect with the dispatcher acp`,
      ),
      ...tools
        .filter(hasBrackets)
        .map((rule) => `the rule "${rule}" allows nothing with the dispatcher acp: name the whole tool`),
      ...denied
        .filter(hasBrackets)
        .map((rule) => `the rule "${rule}" denies the whole tool with the dispatcher acp`),
    ],
  };
}

const refusedModes = new Set(["bypassPermissions", "auto", "yolo"]);
const askingModes = new Set(["default", "manual", "dontAsk"]);

import { fieldsField, listField, textField, type Fields } from "../stream/fields.ts";
import { modelMessage, modeMessage, optionMessage } from "./acp-messages.ts";
import type { AcpPlan } from "./acp-plan.ts";
import { requestIds, type AcpSession } from "./acp-state.ts";

/** Something about a session that is set before its prompt. */
export interface WantedSetting {
  id: number;
  message: string;
}

type Wish = Pick<AcpPlan, "mode" | "model" | "effort">;

/** What is to be set in a session so that it is as the plan wants it, as far as the agent offers that. */
export function wantedSettings(session: AcpSession, wish: Wish): WantedSetting[] {
  const wanted = [modeSetting(session, wish), modelSetting(session, wish), effortSetting(session, wish)];
  return wanted.filter((each) => each !== null);
}

function modeSetting({ id, facts }: AcpSession, { mode }: Wish): WantedSetting | null {
  const modes = fieldsField(facts, "modes");
  if (listField(modes, "availableModes").some((each) => textField(each, "id") === mode)) {
    const isSet = textField(modes, "currentModeId") === mode;
    return isSet ? null : { id: requestIds.mode, message: modeMessage(id, mode) };
  }
  return optionSetting(requestIds.mode, id, optionOf(facts, "mode"), mode);
}

function modelSetting({ id, facts }: AcpSession, { model }: Wish): WantedSetting | null {
  if (model === null) return null;
  const option = optionOf(facts, "model");
  if (option !== null) return optionSetting(requestIds.model, id, option, model);
  const models = fieldsField(facts, "models");
  const isOffered = listField(models, "availableModels").some((each) => textField(each, "modelId") === model);
  if (!isOffered || textField(models, "currentModelId") === model) return null;
  return { id: requestIds.model, message: modelMessage(id, model) };
}

function effortSetting({ id, facts }: AcpSession, { effort }: Wish): WantedSetting | null {
  return effort === null
    ? null
    : optionSetting(requestIds.effort, id, optionOf(facts, "thought_level"), effort);
}

/** What of the plan the agent does not offer; only the wishes that an agent can do without. */
export function missingSettings({ facts }: AcpSession, { model, effort }: Wish): string[] {
  const says: string[] = [];
  if (model !== null && !offersModel(facts, model))
    says.push(`the agent offers no model "${model}" and works with its own`);
  if (effort !== null && !valuesOf(optionOf(facts, "thought_level")).includes(effort))
    says.push(`the agent offers no effort "${effort}"`);
  return says;
}

/** True where the agent can be put into that mode. */
export function offersMode({ facts }: AcpSession, mode: string): boolean {
  const modes = listField(fieldsField(facts, "modes"), "availableModes");
  return (
    modes.some((each) => textField(each, "id") === mode) || valuesOf(optionOf(facts, "mode")).includes(mode)
  );
}

/** The model that a session works with as far as it is told. */
export function modelOf({ facts }: AcpSession, { model }: Pick<Wish, "model">): string | null {
  if (model !== null && offersModel(facts, model)) return model;
  const current = textField(optionOf(facts, "model"), "currentValue");
  return current ?? textField(fieldsField(facts, "models"), "currentModelId");
}

function offersModel(facts: Fields, model: string): boolean {
  const models = listField(fieldsField(facts, "models"), "availableModels");
  return (
    valuesOf(optionOf(facts, "model")).includes(model) ||
    models.some((each) => textField(each, "modelId") === model)
  );
}

function optionSetting(
  id: number,
  sessionId: string,
  option: Fields | null,
  value: string,
): WantedSetting | null {
  const configId = textField(option, "id");
  const isWanted = valuesOf(option).includes(value) && textField(option, "currentValue") !== value;
  return configId === null || !isWanted
    ? null
    : { id, message: optionMessage(id, sessionId, configId, value) };
}

function optionOf(facts: Fields, category: string): Fields | null {
  const options = listField(facts, "configOptions");
  return options.find((option) => textField(option, "category") === category) ?? null;
}

/** Values are in a list, or in groups of lists. */
function valuesOf(option: Fields | null): string[] {
  return listField(option, "options").flatMap((each) => {
    const value = textField(each, "value");
    return value === null ? valuesOf(each) : [value];
  });
}

import type { Usage } from "../../execution/record.ts";
import { addUsage, type Tokens, type UnpricedTokens } from "../../execution/usage.ts";
import type { MeteredUsage } from "../dispatcher.ts";
import { fieldsField, fieldsOf, numberField, textField, type Fields } from "../stream/fields.ts";
import { combineTokens, increase, noTokens, sumTokens } from "../stream/token-counts.ts";

/** What a session has cost so far. Dollars are rounded only once, at the end. */
type Total = Tokens & { usd: number };

const nothing: Total = { ...noTokens, usd: 0 };

/** Counts what claude has used: what it reports with its results, and the messages after the last of them. */
export interface UsageMeter {
  hear(message: Fields): void;
  /** What the last result added; null for a result that reports nothing. */
  readonly added: Usage | null;
  /** Everything so far; empty while nothing is known. */
  total(): MeteredUsage;
}

/** What was charged for a session before this claude went on with it; null for nothing. */
export type ChargedBefore = (sessionId: string) => Usage | null;

export function createUsageMeter(chargedBefore: ChargedBefore = () => null): UsageMeter {
  let charged: Total | null = null;
  let session: Total | null = null;
  let added: Usage | null = null;
  /** By message id: only the last report of a message has all of its output. */
  const open = new Map<string, UnpricedTokens>();
  let streamed: { id: string | null; model: string | null } | null = null;

  const before = (message: Fields, now: Total): Total =>
    totalBefore(chargedBefore(textField(message, "session_id") ?? ""), now);

  function hearResult(message: Fields): void {
    const now = sessionTotal(message);
    const since = fieldsField(message, "model_usage_since_last_result");
    const part = since ? sumOfModels(since) : now && difference(now, session ?? before(message, now));
    session = now ?? session;
    added = part && reported(part);
    if (!part) return;
    charged = sum(charged ?? nothing, part);
    open.clear();
  }

  function hearTokens(id: string | null, model: string | null, usage: Fields | null): void {
    if (id === null || usage === null) return;
    const known = open.get(id);
    const tokens = combineTokens(known ?? noTokens, tokensOf(usage, apiNames), Math.max);
    open.set(id, { model: model ?? known?.model ?? null, ...tokens });
  }

  return {
    hear(message) {
      const type = textField(message, "type");
      if (type === "result") hearResult(message);
      if (type === "assistant") {
        const said = fieldsField(message, "message");
        hearTokens(textField(said, "id"), textField(said, "model"), fieldsField(said, "usage"));
      }
      if (type !== "stream_event") return;
      const event = fieldsField(message, "event");
      const started = fieldsField(event, "message");
      const kind = textField(event, "type");
      if (kind === "message_start")
        streamed = { id: textField(started, "id"), model: textField(started, "model") };
      if (kind === "message_delta" && streamed)
        hearTokens(streamed.id, streamed.model, fieldsField(event, "usage"));
    },
    get added() {
      return added;
    },
    total() {
      const unpriced = byModel([...open.values()]);
      const rest = unpriced.reduce<Tokens>(sumTokens, noTokens);
      const unknown: Usage | null = open.size === 0 ? null : { ...rest, cost_micro_usd: 0, basis: "unknown" };
      const usage = addUsage(charged && reported(charged), unknown);
      return { ...(usage && { usage }), ...(unknown && { unpriced }) };
    },
  };
}

/** The total that a resumed session begins with. A lower one is of a session that claude has begun anew. */
function totalBefore(charged: Usage | null, now: Total): Total {
  if (charged?.basis !== "reported" || charged.cost_micro_usd > now.usd * 1_000_000) return nothing;
  return { ...sumTokens(charged, noTokens), usd: charged.cost_micro_usd / 1_000_000 };
}

function byModel(messages: readonly UnpricedTokens[]): UnpricedTokens[] {
  const models = new Map<string | null, UnpricedTokens>();
  for (const { model, ...tokens } of messages) {
    models.set(model, { model, ...sumTokens(models.get(model) ?? noTokens, tokens) });
  }
  return [...models.values()];
}

/** Names of the counters in the API's reports, and in those of claude itself. */
const apiNames = {
  input: "input_tokens",
  cache_read: "cache_read_input_tokens",
  cache_write: "cache_creation_input_tokens",
  output: "output_tokens",
} as const;
const modelNames = {
  input: "inputTokens",
  cache_read: "cacheReadInputTokens",
  cache_write: "cacheCreationInputTokens",
  output: "outputTokens",
} as const;

function tokensOf(fields: Fields, names: Readonly<Record<keyof Tokens, string>>): Tokens {
  const count = (name: string): number => Math.round(numberField(fields, name) ?? 0);
  return {
    input: count(names.input),
    cache_read: count(names.cache_read),
    cache_write: count(names.cache_write),
    output: count(names.output),
  };
}

function sessionTotal(message: Fields): Total | null {
  const usd = numberField(message, "total_cost_usd");
  const models = fieldsField(message, "modelUsage");
  return usd === null ? null : { ...sumOfModels(models ?? {}), usd };
}

function sumOfModels(models: Fields): Total {
  return Object.values(models).reduce<Total>((total, each) => {
    const model = fieldsOf(each);
    if (!model) return total;
    return sum(total, { ...tokensOf(model, modelNames), usd: numberField(model, "costUSD") ?? 0 });
  }, nothing);
}

function reported({ usd, ...tokens }: Total): Usage {
  return { ...tokens, cost_micro_usd: Math.round(usd * 1_000_000), basis: "reported" };
}

function sum(a: Total, b: Total): Total {
  return { ...sumTokens(a, b), usd: a.usd + b.usd };
}

function difference(now: Total, before: Total): Total {
  return { ...combineTokens(now, before, increase), usd: increase(now.usd, before.usd) };
}

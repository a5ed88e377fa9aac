import type { TranscriptFacts } from "../../src/execution/transcript-facts.ts";
import { Icon } from "../components/icon.tsx";
import { costText, plural, tokensText } from "../components/usage-text.ts";
import { visible } from "../components/visible.ts";
import type { Html } from "../jsx/jsx-runtime.ts";
import { fragment } from "../layout/fragment.ts";
import { runPath, wholeLog, type ExecutionView, type TranscriptTab } from "./execution-view.ts";
import { LogSearch } from "./log-bar.tsx";
import { transcriptPartPath } from "./log-facts.ts";
import { PlanList, planText } from "./transcript-plan.tsx";

/** Above the transcript: the search, what was used so far, the plan, and the way to copy it all. */
export function TranscriptBar({
  view,
  transcript,
}: {
  view: ExecutionView;
  transcript: TranscriptTab;
}): Html {
  const { facts, found } = transcript;
  const markdown = transcriptPartPath(view, null);
  return (
    <>
      <div class="logbar transcript-bar" id="logbar" data-keeps-place>
        <LogSearch view={view} what="transcript" />
        {found === null ? null : (
          <a class="btn ghost sm" href={runPath(view, wholeLog)}>
            {`${plural(found, "event")} found`}
            <Icon name="x" size="xs" />
          </a>
        )}
        <TranscriptMeter facts={facts} />
        <div class="end">
          <a class="btn ghost sm" href={markdown} data-copy-from={markdown} download>
            <Icon name="copy" size="s" />
            <span>Copy as Markdown</span>
          </a>
        </div>
      </div>
      <CurrentPlan facts={facts} />
    </>
  );
}

/** What was used so far; counted on as events come. */
export const TranscriptMeter = fragment<{ facts: TranscriptFacts }>(
  "transcript-meter",
  "outerMorph",
  ({ facts: { turns, usage } }, id) => (
    <p id={id} class="meter">
      <span>{plural(turns, "turn")}</span>
      {usage === null ? null : (
        <>
          <span>{tokensText(usage) ?? "no tokens"}</span>
          <span>{costText(usage) ?? "cost not reported"}</span>
        </>
      )}
    </p>
  ),
);

/** The newest plan of the agent; it changes in place. */
export const CurrentPlan = fragment<{ facts: TranscriptFacts }>(
  "transcript-plan",
  "outerMorph",
  ({ facts: { plan } }, id) => {
    if (plan === null) return <div id={id} hidden></div>;
    const { done, now } = planText(plan.entries);
    return (
      <div id={id} class="current-plan">
        <details class="fold" id="transcript-plan-details">
          <summary>
            <Icon name="list" size="s" />
            <b>Plan</b> <span>{done}</span> <span class="title">{now === null ? null : visible(now)}</span>
          </summary>
          <div class="opened">
            <PlanList entries={plan.entries} />
          </div>
        </details>
      </div>
    );
  },
);

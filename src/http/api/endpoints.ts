import { agentTrialEndpoints } from "./agent-trials.ts";
import { artifactEndpoints } from "./artifacts.ts";
import type { Endpoint } from "./endpoint.ts";
import { controlEndpoints } from "./execution-controls.ts";
import { executionEndpoints } from "./executions.ts";
import { logEndpoints } from "./logs.ts";
import { stageDiffEndpoints } from "./stage-diff.ts";
import { streamEndpoints } from "./streams.ts";
import { systemEndpoints } from "./system.ts";
import { workflowRunEndpoints } from "./workflow-runs.ts";
import { workflowEndpoints } from "./workflows.ts";

/** Every route below `/api/v1` in the OpenAPI document. */
export const endpoints: readonly Endpoint[] = [
  ...workflowEndpoints,
  ...workflowRunEndpoints,
  ...executionEndpoints,
  ...controlEndpoints,
  ...logEndpoints,
  ...stageDiffEndpoints,
  ...streamEndpoints,
  ...artifactEndpoints,
  ...agentTrialEndpoints,
  ...systemEndpoints,
];

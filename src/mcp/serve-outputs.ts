import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
  type Tool,
} from "@modelcontextprotocol/sdk/types.js";
import { version } from "../version.ts";
import { outputsSchema } from "../workflow/contract.ts";
import { createLineTransport } from "./line-transport.ts";
import type { StageContract } from "./stage-contract.ts";
import { submitOutputs } from "./submit-outputs.ts";

const toolName = "submit_outputs";

/** Where the server's client is, and where right outputs are put. */
interface OutputsPlace {
  input: AsyncIterable<Uint8Array>;
  write(text: string): Promise<void>;
  outputFile: string;
}

/** An MCP server with one tool, whose input is the contract of a stage. Ends when the client ends its stream. */
export async function serveOutputs(contract: StageContract, place: OutputsPlace): Promise<void> {
  const server = new Server(
    { name: "skillmeat-outputs", version },
    { capabilities: { tools: {} }, jsonSchemaValidator },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [describeTool(contract)] }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
    if (params.name !== toolName) {
      throw new McpError(ErrorCode.InvalidParams, `there is no tool "${params.name}", only "${toolName}"`);
    }
    const { isError, text } = submitOutputs(contract, place.outputFile, params.arguments ?? {});
    return { content: [{ type: "text", text }], isError };
  });
  const transport = createLineTransport(place);
  await server.connect(transport);
  await transport.serve();
}

/** The server checks no schema by itself: the contract has its own rules and its own words. */
const jsonSchemaValidator = {
  getValidator: () => () => {
    throw new Error("the server checks no schema");
  },
};

function describeTool(contract: StageContract): Tool {
  return {
    name: toolName,
    description:
      "Hands in the outputs of your task. Call it once, with all outputs, when the task is done. " +
      "If it answers with an error, correct what it names and call it again.",
    inputSchema: outputsSchema(contract) as Tool["inputSchema"],
  };
}

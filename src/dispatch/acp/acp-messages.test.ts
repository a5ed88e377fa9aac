import { expect, test } from "bun:test";
import schema from "@agentclientprotocol/sdk/schema/schema.json";
import Ajv2020 from "ajv/dist/2020";
import { anAcpSetting } from "../../testing/an-acp-setting.ts";
import {
  cancelMessage,
  goOnMessage,
  initializeMessage,
  modeMessage,
  newSessionMessage,
  optionMessage,
  permissionReply,
  promptMessage,
} from "./acp-messages.ts";
import { describeOutputsServer, describeServers } from "./acp-servers.ts";

/** Everything that is said is right by the protocol's own schema. */

const ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema({ ...schema, $id: "acp" });

const settings = { kind: "program" as const, command: "own-mcp", args: ["-v"], env: { A: "b" } };
const address = {
  kind: "address",
  type: "sse",
  url: "https://example.com",
  headers: { Accept: "x" },
} as const;
const facts = { isNamed: false, others: {} };
const setting = anAcpSetting({
  role: "You build.",
  servers: [
    describeOutputsServer(["/bin/skillmeat"], "/attempt"),
    ...describeServers(
      [
        { name: "own", settings, ...facts },
        { name: "far", settings: address, ...facts },
      ],
      ["KEY"],
    ),
  ],
});
const takesRole = { agentCapabilities: { sessionCapabilities: { systemPrompt: {} } } };
const request = { id: 0, method: "session/request_permission", params: {} };

const messages: [type: string, message: string][] = [
  ["InitializeRequest", initializeMessage()],
  ["NewSessionRequest", newSessionMessage(1, setting, null)],
  ["NewSessionRequest", newSessionMessage(1, setting, takesRole)],
  ["LoadSessionRequest", goOnMessage("session/load", "s", setting, takesRole)],
  ["ResumeSessionRequest", goOnMessage("session/resume", "s", setting, null)],
  ["SetSessionModeRequest", modeMessage("s", "default")],
  ["SetSessionConfigOptionRequest", optionMessage(4, "s", "model", "large")],
  ["PromptRequest", promptMessage(2, "s", "do it")],
  ["CancelNotification", cancelMessage("s")],
  ["RequestPermissionResponse", permissionReply(request, "yes")],
  ["RequestPermissionResponse", permissionReply(request, null)],
];

test.each(messages)("a %s", (type, message) => {
  const { params, result, jsonrpc } = JSON.parse(message) as Record<string, unknown>;
  const validate = ajv.getSchema(`acp#/$defs/${type}`);
  expect(jsonrpc).toBe("2.0");
  expect(validate?.(params ?? result) === true ? null : validate?.errors).toBeNull();
});

test("servers get the provider's keys in no way, and one that the protocol does not know is left out", () => {
  expect(setting.servers).toMatchObject([
    { name: "skillmeat-outputs", command: "/bin/skillmeat", env: [] },
    {
      name: "own",
      command: "/bin/sh",
      args: ["-c", expect.stringContaining("unset KEY"), "sh", "own-mcp", "-v"],
    },
    { name: "far", type: "sse", headers: [{ name: "Accept", value: "x" }] },
  ]);
  expect(describeServers([{ name: "ws", settings: { ...address, type: "ws" }, ...facts }], [])).toEqual([]);
});

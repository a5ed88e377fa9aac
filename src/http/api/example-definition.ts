/** The smallest workflow that shows a stage, a gate and what passes between stages; a test plans and runs it. */
export const exampleDefinition = `workflow:
  id: release-notes
  name: Release Notes
  version: 1.0.0
config:
  allow_overrides: true
  parameters:
    version:
      type: string
      required: true
stages:
  - id: write
    name: Write the notes
    type: agent
    roles:
      primary:
        artifact: agent:writer
    inputs:
      version:
        type: string
        source: \${{ parameters.version }}
    outputs:
      notes:
        type: string
        required: true
  - id: approve
    name: Approve
    type: gate
    depends_on: [write]
    gate:
      kind: manual_approval
      timeout: 24h
`;

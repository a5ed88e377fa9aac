import { artifactTypes, type ArtifactType } from "./artifact-places.ts";

/** `agent:team/scan@1.2` is looked for with its version first, then without it. */
export function splitRef(ref: string): { type: ArtifactType | null; names: string[] } {
  const colon = ref.indexOf(":");
  const name = ref.slice(colon + 1);
  const version = name.lastIndexOf("@");
  const type = artifactTypes.find((each) => each === ref.slice(0, Math.max(0, colon))) ?? null;
  return { type, names: version > 0 ? [name, name.slice(0, version)] : [name] };
}

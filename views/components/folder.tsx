import type { Html } from "../jsx/jsx-runtime.ts";

/** A folder by its last name; the tooltip and screen readers give the whole path. */
export function Folder({ path }: { path: string }): Html {
  const name = path.split("/").findLast((part) => part !== "") ?? path;
  return (
    <code class="folder" title={path}>
      <span aria-hidden="true">{name}</span>
      <span class="vh">{path}</span>
    </code>
  );
}

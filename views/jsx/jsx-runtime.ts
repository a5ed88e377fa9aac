import { attributesText, type Elements } from "./attributes.ts";

/**
 * Markup that is safe to send as it is. The key is a symbol, so that nothing that came as JSON can pass for markup:
 * everything else is escaped.
 */
export interface Html {
  readonly [markup]: string;
}

const markup: unique symbol = Symbol("markup");

export type Child = Html | string | number | boolean | null | undefined | readonly Child[];

type Component<Props> = (props: Props) => Html;

/** What the compiler makes of `<tag …>`: a string names an element, a function is called with its properties. */
export function jsx<Props extends object>(
  type: keyof Elements | Component<Props>,
  props: Props & { children?: Child },
): Html {
  if (typeof type === "function") return type(props);
  const start = `<${type}${attributesText(props as Readonly<Record<string, unknown>>)}>`;
  return raw(isVoid(type) ? start : `${start}${textOf(props.children)}</${type}>`);
}

export const jsxs = jsx;

export function Fragment({ children }: { children?: Child }): Html {
  return raw(textOf(children));
}

/** Takes text for markup. Only for what this program wrote itself. */
export function raw(text: string): Html {
  return { [markup]: text };
}

/** The markup as text, for whoever sends it. */
export function render(html: Html): string {
  return html[markup];
}

function textOf(child: Child): string {
  if (typeof child === "string") return Bun.escapeHTML(child);
  if (typeof child === "number") return String(child);
  if (child === null || child === undefined || typeof child === "boolean") return "";
  if (!isList(child)) return child[markup];
  // Not joined: what is added up stays in pieces until the whole page is sent, a join copies it at every level.
  let text = "";
  for (const each of child) text += textOf(each);
  return text;
}

function isList(child: Html | readonly Child[]): child is readonly Child[] {
  return Array.isArray(child);
}

function isVoid(tag: string): boolean {
  return tag === "input" || tag === "link" || tag === "meta" || tag === "br" || tag === "hr";
}

/** Read by the compiler. */
// oxlint-disable-next-line typescript/no-namespace
export namespace JSX {
  export type Element = Html;
  export type ElementChildrenAttribute = { children: Child };
  export type IntrinsicElements = { [Tag in keyof Elements]: Elements[Tag] & { children?: Child } };
}

import { attributesToString } from "@kitajs/html";

/**
 * Each element with the attributes that kitajs' types know for it, and what those lack. Names with a hyphen (`aria-…`,
 * `data-…`, `hx-…`) are not checked by the compiler.
 */
export type Elements = {
  [Tag in keyof JSX.IntrinsicElements]: AttributesOf<JSX.IntrinsicElements[Tag]>;
} & { "hx-partial": AttributesOf<JSX.HtmlTag> };

type AttributesOf<Known> = { [Name in Exclude<keyof Known, UnescapedAttribute>]?: Attribute<Known[Name]> } & {
  autofocus?: Attribute<boolean>;
};

/** Kitajs writes these as they are. */
type UnescapedAttribute = "children" | "attrs" | "safe" | "of" | "style";

/** True: the name alone. False, null, undefined: no attribute at all. A number is written where text may stand. */
type Attribute<Value> = Value | boolean | null | undefined | (Value extends string ? number : never);

/**
 * All properties of an element but its children. Names are this program's own. Kitajs' writer only escapes double
 * quotes, so that a value "&lt;" would reach a form's field as "<": values are escaped before.
 */
export function attributesText(properties: Readonly<Record<string, unknown>>): string {
  let escaped = properties;
  for (const name in properties) {
    const value = properties[name];
    if (name === "children" || typeof value !== "string") continue;
    const text = Bun.escapeHTML(value);
    // Most values have nothing to escape; copying the properties only for the others keeps writing cheap.
    if (text !== value) escaped = { ...escaped, [name]: text };
  }
  return attributesToString(escaped);
}

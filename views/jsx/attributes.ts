/** True: the name alone. False, null, undefined: no attribute at all. */
export type AttributeValue = string | number | boolean | null | undefined;

/** Names with a hyphen (`aria-…`, `data-…`, `hx-…`) are not checked by the compiler. */
export type Attributes = { [Name in PlainName]?: AttributeValue };

export type Tag =
  HtmlTag | "svg" | "g" | "path" | "circle" | "rect" | "text" | "title" | "use" | "line" | "defs" | "pattern";

type HtmlTag =
  | ("html" | "head" | "body" | "meta" | "link" | "script" | "noscript" | "template" | "hx-partial")
  | ("header" | "footer" | "main" | "nav" | "aside" | "section" | "article" | "div" | "hr" | "br")
  | ("h1" | "h2" | "h3" | "h4" | "p" | "pre" | "code" | "kbd" | "samp" | "blockquote")
  | ("a" | "b" | "em" | "i" | "mark" | "small" | "span" | "strong" | "time" | "abbr" | "del" | "ins")
  | ("ul" | "ol" | "li" | "dl" | "dt" | "dd")
  | ("table" | "caption" | "thead" | "tbody" | "tr" | "th" | "td" | "colgroup" | "col")
  | ("form" | "label" | "input" | "button" | "select" | "option" | "optgroup" | "textarea" | "fieldset")
  | ("legend" | "output" | "progress" | "datalist" | "details" | "summary" | "dialog");

type PlainName =
  | ("id" | "class" | "title" | "lang" | "role" | "hidden" | "tabindex" | "href" | "rel" | "src" | "as")
  | ("type" | "media" | "charset" | "content" | "name" | "value" | "action" | "method" | "enctype" | "for")
  | ("form" | "formaction" | "formmethod" | "formnovalidate" | "novalidate" | "required" | "checked")
  | ("disabled" | "selected" | "multiple" | "readonly" | "placeholder" | "autocomplete" | "autofocus")
  | ("spellcheck" | "min" | "max" | "step" | "pattern" | "maxlength" | "minlength" | "rows" | "cols")
  | ("accept" | "list" | "inputmode" | "enterkeyhint" | "download" | "target" | "open" | "datetime")
  | ("colspan" | "rowspan" | "scope" | "sizes" | "crossorigin" | "defer" | "dir" | "wrap" | "label")
  | ("viewBox" | "width" | "height" | "fill" | "stroke" | "d" | "x" | "y" | "x1" | "x2" | "y1" | "y2")
  | ("cx" | "cy" | "r" | "rx" | "ry" | "transform" | "preserveAspectRatio" | "patternUnits" | "popover")
  | ("popovertarget" | "popovertargetaction" | "command" | "commandfor" | "closedby");

/** All properties of an element but its children. Names are this program's own; every value is escaped. */
export function attributesText(properties: Readonly<Record<string, unknown>>): string {
  let text = "";
  for (const name in properties) {
    if (name === "children") continue;
    const value = properties[name];
    if (value === true) text += ` ${name}`;
    else if (value !== false && value !== null && value !== undefined)
      text += ` ${name}="${Bun.escapeHTML(String(value))}"`;
  }
  return text;
}

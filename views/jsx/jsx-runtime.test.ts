import { describe, expect, test } from "bun:test";
import { Fragment, jsx, raw, render, type Child } from "./jsx-runtime.ts";

const show = (child: Child): string => render(jsx("p", { children: child }));

function Hello({ name }: { name: string }) {
  return jsx("b", { children: name });
}

describe("markup", () => {
  test.each([
    ["<b>", "<p>&lt;b&gt;</p>"],
    ["a & \"b\" 'c'", "<p>a &amp; &quot;b&quot; &#x27;c&#x27;</p>"],
    [0, "<p>0</p>"],
    [[null, undefined, true, false], "<p></p>"],
    [["a", ["<", 1]], "<p>a&lt;1</p>"],
    [raw("<i>x</i>"), "<p><i>x</i></p>"],
  ] as [Child, string][])("%p as a child is %s", (child, expected) => expect(show(child)).toBe(expected));

  test("escapes the values of attributes; true is the name alone, false and null are nothing", () => {
    const attributes = { href: '"><script>', hidden: true, disabled: false, title: null };
    expect(render(jsx("a", attributes))).toBe('<a href="&quot;&gt;&lt;script&gt;" hidden></a>');
  });

  test.each([
    ["&lt;b&gt;", "&amp;lt;b&amp;gt;"],
    [`'"`, "&#x27;&quot;"],
    ["a\nb", "a\nb"],
  ])("an attribute's value %p reaches the reader as it was", (value, written) =>
    expect(render(jsx("input", { value }))).toBe(`<input value="${written}">`),
  );

  test("nothing that came as JSON passes for markup", () => {
    const forged = JSON.parse('{"markup":"<script>","html":"<script>"}') as Child;
    expect(show(forged)).not.toContain("<script>");
  });

  test("an element without content has no end tag", () =>
    expect(render(jsx("input", { name: "q" }))).toBe('<input name="q">'));

  test("a function gets its properties, a fragment leaves no trace", () => {
    expect(render(jsx(Fragment, { children: [jsx(Hello, { name: "<x>" }), "!"] }))).toBe("<b>&lt;x&gt;</b>!");
  });
});

import { describe, expect, test } from "bun:test";
import { Markdown } from "./markdown.tsx";
import { render } from "../jsx/jsx-runtime.ts";

function shown(text: string): string {
  return render(Markdown({ text }))
    .replace(/^<div class="md">/, "")
    .replace(/<\/div>$/, "");
}

function linked(address: string, text: string): string {
  return `<a href="${address}" rel="noopener noreferrer" target="_blank">${text}</a>`;
}

describe("a text in Markdown", () => {
  test.each([
    ["paragraphs and line breaks", "one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"],
    ["emphasis", "*a* **b** ~~c~~ `d`", "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>"],
    ["a heading, which is none of the page's", "# Done", "<p><strong>Done</strong></p>"],
    ["lists", "- a\n- b\n\n3. c", '<ul><li>a</li><li>b</li></ul><ol start="3"><li>c</li></ol>'],
    ["quotes and rules", "> a\n\n---", "<blockquote><p>a</p></blockquote><hr>"],
    ["code", "```sh\na <b>\n```", '<pre class="source wraps">a &lt;b&gt;</pre>'],
    ["nothing", "", ""],
  ])("shows %s", (_, text, html) => expect(shown(text)).toBe(html));

  test("shows a table with its heads", () =>
    expect(shown("| a |\n|---|\n| 1 |")).toBe(
      '<div class="md-table" tabindex="0"><table class="wf"><thead><tr><th scope="col">a</th></tr></thead>' +
        "<tbody><tr><td>1</td></tr></tbody></table></div>",
    ));

  test.each([
    ["[a](https://e.org/?x=1&y)", linked("https://e.org/?x=1&amp;y", "a")],
    ["see http://e.org/x", `see ${linked("http://e.org/x", "http://e.org/x")}`],
    ["![chart](https://e.org/c.png)", linked("https://e.org/c.png", "chart")],
    ["<https://e.org>", linked("https://e.org", "https://e.org")],
  ])("leads to the web: %s", (text, html) => expect(shown(text)).toBe(`<p>${html}</p>`));

  test.each([
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](data:text/html,x)",
    "[a](vbscript:x)",
    "[a](/settings)",
    "[a](//e.org)",
    "![a](data:image/png;base64,AA)",
    "<javascript:alert(1)>",
    "e.org and me@e.org",
    "[a](&#106;avascript:alert(1))",
  ])("makes no link of %s", (text) => expect(shown(text)).not.toContain("<a"));

  test.each([
    "<script>x</script>",
    '<img src="x" onerror="x">',
    "a <b onclick=x>b</b>",
    "[a](<https://e.org/\" onclick='x'>)",
    '[a](https://e.org "\\"><script>")',
    "`<script>`",
    "| <i> |\n|---|\n| <img> |",
    "&lt;script&gt;",
    "<!-- x -->",
    '<a href="https://e.org">x</a>',
  ])("takes no markup from %s", (text) => {
    const foreign = shown(text).match(
      /<(?!\/?(p|a|br|code|table|thead|tbody|tr|th|td|div|i class="unseen" data-mark)[ >=])\w*/,
    );
    expect(foreign).toBeNull();
    expect(shown(text)).not.toMatch(/<[^>]* on\w+=/);
  });

  test("shows marks that turn the direction of a text by their numbers", () =>
    expect(shown("a\u202eb\u200bc")).toBe(
      '<p>a<i class="unseen" data-mark="U+202E">\u202e</i>b<i class="unseen" data-mark="U+200B">\u200b</i>c</p>',
    ));

  test("shows a very long text as it is", () => {
    const text = "*a* ".repeat(5000);
    expect(shown(text)).toBe(`<pre class="source wraps">${text}</pre>`);
  });
});

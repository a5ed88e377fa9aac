import { describe, expect, test } from "bun:test";
import { ansiSpans } from "./ansi.ts";
import { LogChunk } from "./log-line.tsx";
import { plainLogText } from "../../src/execution/log-text.ts";
import { render } from "../jsx/jsx-runtime.ts";
import type { LogLine } from "../../src/execution/event.ts";

const esc = "\u001b";

function shown(text: string): string {
  return ansiSpans(text)
    .map(({ text: part, classes }) => (classes === "" ? part : `{${classes}|${part}}`))
    .join("");
}

describe("terminal output", () => {
  test.each([
    ["plain", "plain"],
    [`${esc}[31mred${esc}[0m back`, "{a-red|red} back"],
    [`${esc}[1;32mbold green${esc}[22mgreen`, "{a-green bd|bold green}{a-green|green}"],
    [`${esc}[mreset`, "reset"],
    [`${esc}[90mgrey${esc}[39mplain`, "{a-dim|grey}plain"],
    [`${esc}[42;30m PASS ${esc}[49m.`, "{b-green| PASS }."],
    [`${esc}[3;4mboth`, "{it ul|both}"],
    [`${esc}[38;5;196mred`, "{a-red|red}"],
    [`${esc}[38;5;240mdim`, "{a-dim|dim}"],
    [`${esc}[38;2;10;200;250mcyan`, "{a-cyan|cyan}"],
    [`${esc}[48;2;255;0;0mground`, "{b-red|ground}"],
    [`${esc}[2K${esc}[1Gmoved`, "moved"],
    [`${esc}]0;title\u0007after`, "after"],
    [`${esc}]8;;https://x\u001b\\link${esc}]8;;\u001b\\`, "link"],
    ["10 %\r50 %\r100 %", "100 %"],
    ["ends so\r", "ends so"],
    ["bell\u0007 and \u0000zero", "bell and zero"],
    [`${esc}[7m inverse ${esc}[27mno more`, "{inv| inverse }no more"],
    [`${esc}[7;31mred ground${esc}[0m`, "{inv a-red|red ground}"],
    [`${esc}`, ""],
    [`${esc}[31`, "[31"],
  ])("%j is %s", (text, expected) => expect(shown(text)).toBe(expected));

  test("is searched as the text it shows", () => expect(plainLogText(`${esc}[31mre${esc}[0md`)).toBe("red"));
});

describe("a block of lines", () => {
  const line = (text: string): LogLine => ({
    seq: 9,
    run_id: "r",
    stage_id: "s",
    attempt: 1,
    at: "2026-11-25T10:00:00.000Z",
    stream: "stdout",
    text,
  });

  test("escapes what an agent wrote, also around what was searched for", () => {
    const part = { lines: [line(`<b>Hit</b> ${esc}[31m<i>${esc}[0m`)], first: 7 };
    const html = render(LogChunk({ part, search: "hit" }));
    expect(html).toContain('id="L7"');
    expect(html).toContain('&lt;b&gt;<mark>Hit</mark>&lt;/b&gt; <span class="a-red">&lt;i&gt;</span>');
  });

  test("shows marks that turn the direction of a text, and what is not to be seen", () => {
    const html = render(
      LogChunk({ part: { lines: [line("rm \u202efdp.exe a\u200bb")], first: 1 }, search: "" }),
    );
    expect(html).toContain('rm <i class="unseen" data-mark="U+202E">\u202e</i>fdp.exe');
    expect(html).toContain('a<i class="unseen" data-mark="U+200B">\u200b</i>b');
  });

  test("numbers lines on, or as it is told", () => {
    const lines = [line("a"), line("b")];
    const numbersIn = (html: string): string[] => [...html.matchAll(/id="L(\d+)"/g)].map(([, id = ""]) => id);
    expect(numbersIn(render(LogChunk({ part: { lines, first: 3 }, search: "" })))).toEqual(["3", "4"]);
    const part = { lines, first: 3, numbers: [3, 90] };
    expect(numbersIn(render(LogChunk({ part, search: "" })))).toEqual(["3", "90"]);
  });

  test("marks nothing where lower case has another length, and still escapes", () => {
    const html = render(LogChunk({ part: { lines: [line("İ<x>")], first: 1 }, search: "x" }));
    expect(html).toContain("İ&lt;x&gt;");
  });
});

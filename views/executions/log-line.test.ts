import { expect, test } from "bun:test";
import type { LogLine, LogStream } from "../../src/execution/event.ts";
import { render } from "../jsx/jsx-runtime.ts";
import { LogChunks } from "./log-line.tsx";

const said = (text: string): string => JSON.stringify({ kind: "message", text });

test.each<[LogStream, string, string]>([
  ["agent", said("I look at it"), "<b>agent</b><span>I look at it</span>"],
  ["agent", said("a <b> & more"), "<b>agent</b><span>a &lt;b&gt; &amp; more</span>"],
  ["stdout", "I look at it", "<b>out</b><span>I look at it</span>"],
  ["system", "begun", "<b>sys</b><span>begun</span>"],
])("a line of the stream %p says where it comes from", (stream, text, markup) => {
  const line: LogLine = {
    seq: 1,
    run_id: "r",
    at: "2026-11-30T12:00:00.000Z",
    stage_id: "a",
    attempt: 1,
    stream,
    text,
  };
  expect(render(LogChunks({ part: { lines: [line], first: 1 }, search: "" }))).toContain(markup);
});

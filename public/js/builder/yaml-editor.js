/* The YAML tab: an editor in place of the field, whose text is sent as one types, with findings at their lines. */

import { createEditor } from "./codemirror.min.js";
import { act, revision } from "./wire.js";

const area = document.getElementById("yaml");
const schema = JSON.parse(area.dataset.schema);
const host = document.createElement("div");
host.className = "cm-host";
area.after(host);
// From outside a key in the editor looks like one on the page, where single keys mean something.
host.addEventListener("keydown", (event) => {
  if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
});
area.form.classList.add("is-replaced");

let timer = null;
let text = area.value;
/* What the server has last had of this text, and the revision that was. */
let known = text;
let sent = text;
let base = revision();

const editor = createEditor({
  root: host.attachShadow({ mode: "open" }),
  parent: host.shadowRoot,
  text,
  label: "Definition (YAML)",
  complete,
  onChange: (now) => {
    text = now;
    clearTimeout(timer);
    timer = setTimeout(send, 350);
  },
});

/** Ends when the server knows the text. */
async function send() {
  clearTimeout(timer);
  timer = null;
  if (text === known) return;
  await act("text", () => ({ text: (sent = text), revision: base }));
}

function showFindings() {
  const lines = document.querySelectorAll("#builder-findings li:not(.needed) [data-line-link]");
  editor.show(
    [...lines].map((link) => ({
      line: Number(link.dataset.lineLink),
      column: Number(link.dataset.column),
      severity: link.closest("li").classList.contains("failed") ? "error" : "warning",
      message: link.nextElementSibling.textContent,
    })),
  );
}

/* What was changed by other means, such as undo, comes with the answer; what is typed meanwhile stays. */
document.addEventListener("builder-changed", ({ detail: { response } }) => {
  if (!response.ok) return;
  const isOwn = response.url.endsWith("/text");
  if (isOwn) known = sent;
  if (response.headers.has("x-builder-text")) take(document.getElementById("yaml-now").value);
  else if (!isOwn) return showFindings();
  base = revision();
  area.value = known;
  showFindings();
});

function take(theirs) {
  const now = merged(known, text, theirs);
  known = theirs;
  // Both at one place: the server says so when the text is sent.
  if (now === null || now === text) return;
  const { at, end, insert } = changeBetween(text, now);
  text = now;
  editor.view.dispatch({ changes: { from: at, to: end, insert } });
  clearTimeout(timer);
  timer = text === known ? null : setTimeout(send, 350);
}

function changeBetween(before, after) {
  const shorter = Math.min(before.length, after.length);
  let at = 0;
  while (at < shorter && before[at] === after[at]) at++;
  let end = 0;
  while (end < shorter - at && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  return { at, end: before.length - end, insert: after.slice(at, after.length - end) };
}

/** Both changes of one text; null when they meet. */
function merged(from, mine, theirs) {
  if (from === mine) return theirs;
  if (from === theirs || mine === theirs) return mine;
  const own = changeBetween(from, mine);
  const other = changeBetween(from, theirs);
  if (own.end < other.at)
    return mine.slice(0, mine.length - (from.length - other.at)) + theirs.slice(other.at);
  if (other.end < own.at) return theirs.slice(0, theirs.length - (from.length - own.at)) + mine.slice(own.at);
  return null;
}

document.addEventListener("builder-saving", send);
document.addEventListener("builder-line", (event) => editor.toLine(event.detail));

/* Completion: keys of the schema by their parents, ids of stages, and what expressions may name. */

function complete(context) {
  const { doc } = context.state;
  const line = doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  const inside =
    /\$\{\{((?!\}\}).)*$/.exec(before) ?? /^\s*(?:- )?(?:condition|source):\s*["']?([^"']*)$/.exec(before);
  if (inside) return expressionAt(context, doc);
  const keyStart = /^(\s*(?:- )?)([\w-]*)$/.exec(before);
  if (keyStart) return keysAt(context, doc, line, keyStart);
  const list = /^\s*(?:- )?depends_on:\s*\[?.*?([\w-]*)$/.exec(before);
  const item = /^\s+- ([\w-]*)$/.exec(before);
  if (list || item) return { from: context.pos - (list ?? item)[1].length, options: stageIds(doc) };
  const value = /^\s*(?:- )?([\w]+):\s*([\w-]*)$/.exec(before);
  const words = value && schema.words[value[1]];
  if (words)
    return { from: context.pos - value[2].length, options: words.map((label) => ({ label, type: "enum" })) };
  return null;
}

function expressionAt(context, doc) {
  const word = context.matchBefore(/[\w.-]*$/);
  if (!word || (word.from === word.to && !context.explicit)) return null;
  const all = doc.toString();
  const outputs = stagesIn(all).flatMap(({ id, outputs: names }) => [
    `stages.${id}.status`,
    ...names.map((name) => `stages.${id}.outputs.${name}`),
  ]);
  const parameters = namesUnder(all, /^ {2}parameters:\s*$/m, 4).map((name) => `parameters.${name}`);
  const labels = [...parameters, ...outputs, ...schema.words.expression];
  return {
    from: word.from,
    options: labels.map((label) => ({ label, type: "variable" })),
    validFor: /^[\w.-]*$/,
  };
}

function keysAt(context, doc, line, [, indent, typed]) {
  if (typed === "" && !context.explicit) return null;
  const parents = parentsOf(doc, line.number, indent.length);
  const keys = schema.keys[parents.join(".")];
  if (parents.at(-1) === "depends_on") return { from: context.pos - typed.length, options: stageIds(doc) };
  if (!keys) return null;
  return {
    from: context.pos - typed.length,
    options: keys.map((label) => ({ label, apply: `${label}: `, type: "property" })),
  };
}

/** The keys above a line, outermost first: each is indented less than the one below it. */
function parentsOf(doc, number, indent) {
  const parents = [];
  let least = indent;
  for (let at = number - 1; at > 0 && least > 0; at--) {
    const [, space, dash, key] = /^(\s*)(- )?([\w-]+):/.exec(doc.line(at).text) ?? [];
    if (key === undefined) continue;
    const column = space.length + (dash ? 2 : 0);
    if (column < least) {
      parents.unshift(key);
      least = column;
    }
    if (dash && space.length < least) least = space.length + (space.length === 0 ? 1 : 0);
  }
  // Names of people's own are one step for all.
  return parents.map((key, at) =>
    ["parameters", "inputs", "outputs"].includes(parents[at - 1]) ? "*" : key,
  );
}

function stageIds(doc) {
  return stagesIn(doc.toString()).map(({ id }) => ({ label: id, type: "constant" }));
}

function stagesIn(all) {
  const parts = all.split(/^\s*- (?=id:)/m).slice(1);
  return parts.map((part) => ({
    id: /^id:\s*["']?([\w-]+)/.exec(part)?.[1] ?? "",
    outputs: namesUnder(part, /^\s+outputs:\s*$/m, null),
  }));
}

function namesUnder(all, start, indent) {
  const begin = start.exec(all);
  if (!begin) return [];
  const own = /^\s*/.exec(begin[0])[0].replace(/\n/g, "").length;
  const names = [];
  for (const line of all.slice(begin.index + begin[0].length + 1).split("\n")) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, space, name] = /^(\s*)([\w-]+):/.exec(line) ?? ["", "", ""];
    const column = /^\s*/.exec(line)[0].length;
    if (column <= own) break;
    if (name && (indent === null ? names.length === 0 || column === names.column : column === indent)) {
      names.column = space.length;
      names.push(name);
    }
  }
  return names;
}

showFindings();
if (area.dataset.line) editor.toLine(Number(area.dataset.line));

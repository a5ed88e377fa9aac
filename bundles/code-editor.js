/* What the YAML tab needs of CodeMirror, as one file that only this tab loads. */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], class: "tok-key" },
  { tag: [tags.string, tags.special(tags.string)], class: "tok-text" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], class: "tok-value" },
  { tag: tags.comment, class: "tok-note" },
  { tag: [tags.meta, tags.punctuation, tags.separator, tags.squareBracket, tags.brace], class: "tok-mark" },
]);

const looks = EditorView.theme({
  "&": { height: "100%", fontSize: "var(--t-xs)", color: "var(--text)", backgroundColor: "var(--surface-2)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.65" },
  ".cm-content": { caretColor: "var(--text)", paddingBlock: "10px" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--surface-2)", color: "var(--text-3)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": {
    backgroundColor: "color-mix(in srgb, var(--active) 55%, transparent)",
  },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "color-mix(in srgb, var(--accent) 26%, transparent)",
  },
  ".cm-foldPlaceholder": { background: "var(--tag)", border: "0", color: "var(--text-2)" },
  ".cm-tooltip": {
    background: "var(--raised)",
    color: "var(--text)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--r-sm)",
    boxShadow: "var(--sh-3)",
    maxWidth: "34rem",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--accent)", color: "var(--on-solid)" },
  ".cm-completionDetail": { color: "inherit", opacity: "0.8" },
  ".cm-panels": { background: "var(--raised)", color: "var(--text)", borderColor: "var(--line)" },
  ".cm-textfield": {
    background: "var(--raised)",
    border: "1px solid var(--field)",
    borderRadius: "var(--r-xs)",
  },
  ".cm-button": {
    background: "var(--raised)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--r-xs)",
  },
  ".cm-diagnostic-error": { borderLeftColor: "var(--failed-solid)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--paused-solid)" },
  ".tok-key": { color: "var(--a-blue)" },
  ".tok-text": { color: "var(--a-green)" },
  ".tok-value": { color: "var(--a-magenta)" },
  ".tok-note": { color: "var(--text-3)", fontStyle: "italic" },
  ".tok-mark": { color: "var(--text-2)" },
});

/**
 * An editor in a root of its own: only there does CodeMirror adopt its styles instead of writing style elements, which
 * the page's policy refuses.
 */
export function createEditor({ root, parent, text, label, complete, onChange }) {
  const view = new EditorView({
    root,
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        foldGutter(),
        lintGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSelectionMatches(),
        EditorState.tabSize.of(2),
        autocompletion({ override: [complete], icons: false }),
        yaml(),
        syntaxHighlighting(colours),
        looks,
        EditorView.contentAttributes.of({
          "aria-label": label,
          "aria-describedby": "yaml-leave",
          tabindex: "0",
        }),
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...foldKeymap,
          ...lintKeymap,
          // Ctrl+Enter saves the workflow; Escape, then Tab leaves the editor.
          ...defaultKeymap.filter(({ key }) => key !== "Mod-Enter"),
          indentWithTab,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    view,
    /** `findings`: {line, column, severity, message}, both from 1. */
    show(findings) {
      const { doc } = view.state;
      const diagnostics = findings.map(({ line, column, severity, message }) => {
        const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
        const from = Math.min(at.from + column - 1, at.to);
        const word = /^[^\s,\]}]+/.exec(doc.sliceString(from, at.to))?.[0].length ?? 0;
        return { from, to: Math.min(at.to, from + word), severity, message };
      });
      view.dispatch(setDiagnostics(view.state, diagnostics));
    },
    toLine(line) {
      const { doc } = view.state;
      const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
      view.dispatch({
        selection: { anchor: at.from, head: at.to },
        effects: EditorView.scrollIntoView(at.from, { y: "center" }),
      });
      view.focus();
    },
  };
}

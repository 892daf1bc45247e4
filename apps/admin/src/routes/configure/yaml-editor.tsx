import { autocompletion, closeBrackets, type CompletionSource } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import type { Range } from "./yaml-text.ts";

/** Something told at a place of the text. */
export interface Mark extends Range {
  readonly line: number;
  readonly message: string;
  readonly isError: boolean;
}

interface YamlEditorProps {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly marks: readonly Mark[];
  readonly complete: CompletionSource;
  readonly isDisabled: boolean;
}

/**
 * An editor for YAML. It lives in a shadow root: there its styles are adopted style sheets, which the page's policy allows, where it
 * forbids style elements.
 */
export function YamlEditor({ text, onText, marks, complete, isDisabled }: YamlEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView | null>(null);
  const live = useRef({ onText, complete });
  live.current = { onText, complete };
  useEffect(() => {
    const host = place.current;
    if (host === null) return undefined;
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    const view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: text,
        extensions: [
          ...extensions,
          readOnly.of(readOnlyOf(isDisabled)),
          autocompletion({ override: [(context) => live.current.complete(context)], icons: false }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((each) => each.isUserEvent("outside")))
              live.current.onText(update.state.doc.toString());
          }),
        ],
      }),
    });
    editor.current = view;
    return () => {
      view.destroy();
      editor.current = null;
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the editor is made once; what changes is dispatched below
  }, []);
  useEffect(() => {
    const view = editor.current;
    if (view === null || view.state.doc.toString() === text) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, userEvent: "outside" });
  }, [text]);
  useEffect(() => {
    editor.current?.dispatch({ effects: readOnly.reconfigure(readOnlyOf(isDisabled)) });
  }, [isDisabled]);
  useEffect(() => {
    const view = editor.current;
    if (view === null) return;
    const most = view.state.doc.length;
    const diagnostics = marks.map(({ from, to, message, isError }) => ({
      from: Math.min(from, most),
      to: Math.min(Math.max(to, from), most),
      severity: isError ? ("error" as const) : ("warning" as const),
      message,
    }));
    view.dispatch(setDiagnostics(view.state, diagnostics));
  }, [marks, text]);
  return <div ref={place} className="overflow-clip rounded-lg border border-edge focus-within:border-focus" />;
}

const readOnly = new Compartment();
const readOnlyOf = (isDisabled: boolean) => EditorState.readOnly.of(isDisabled);

const highlight = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--blue)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--busy)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--ink-faint)" },
  { tag: [tags.separator, tags.punctuation, tags.squareBracket], color: "var(--ink-soft)" },
]);

const theme = EditorView.theme({
  "&": { backgroundColor: "var(--surface)", color: "var(--ink)", fontSize: "0.8125rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: '"JetBrains Mono Variable", ui-monospace, monospace',
    lineHeight: "1.55",
    minHeight: "24rem",
    maxHeight: "max(24rem, calc(100dvh - 27rem))",
    overflow: "auto",
  },
  ".cm-content": { caretColor: "var(--ink)", padding: "0.75rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--ink-faint)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--hover) 60%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--busy-fill)",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--raised)",
    border: "1px solid var(--line)",
    borderRadius: "6px",
    boxShadow: "var(--shadow)",
  },
  ".cm-tooltip-autocomplete ul li": { padding: "3px 10px", color: "var(--ink)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--ink)", color: "var(--on-ink)" },
  ".cm-completionDetail": { color: "inherit", opacity: "0.75", fontStyle: "normal", marginLeft: "0.75em" },
  ".cm-completionInfo": { padding: "6px 10px", maxWidth: "22rem", fontFamily: '"Inter Variable", sans-serif' },
  ".cm-diagnostic": { fontFamily: '"Inter Variable", sans-serif', padding: "6px 10px" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warn)" },
  // Marks are drawn without the images of the editor's own style, which the page's policy does not load.
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad)" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--warn)" },
  ".cm-lint-marker": { width: "0.7em", height: "0.7em", margin: "0.35em auto 0" },
  ".cm-lint-marker-error": { content: "none", backgroundColor: "var(--bad)" },
  ".cm-lint-marker-warning": { content: "none", backgroundColor: "var(--warn)", borderRadius: "50%" },
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--ink)" },
});

const extensions = [
  lineNumbers(),
  lintGutter(),
  history(),
  drawSelection(),
  highlightActiveLine(),
  highlightSelectionMatches(),
  closeBrackets(),
  indentUnit.of("  "),
  EditorState.tabSize.of(2),
  EditorView.lineWrapping,
  EditorView.contentAttributes.of({ "aria-label": "Configuration as YAML" }),
  keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, indentWithTab]),
  yaml(),
  syntaxHighlighting(highlight),
  theme,
];

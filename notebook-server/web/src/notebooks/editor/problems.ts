/** What is wrong with a cell's text before it runs, marked in it and beside it. */
import { type Diagnostic, linter, lintGutter, lintKeymap } from "@codemirror/lint";
import { type Extension, StateEffect } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { h, render } from "preact";
import { Words } from "../../parts/words.tsx";
import type { Asker } from "./kernel.tsx";

/** Milliseconds that the typing pauses before somebody looks. */
const PAUSE = 500;

/** What other cells make is different now: what was wrong may be right. */
export const lookAgain = StateEffect.define<null>();

export function problems({ notebook, cell }: Asker): Extension {
  const look = async (view: EditorView): Promise<Diagnostic[]> => {
    const text = view.state.doc;
    const reply = await notebook.askOfText({ request: "diagnose", cell }).catch(() => null);
    // Whoever typed on meanwhile is answered anew.
    if (reply?.reply !== "diagnosed" || !view.state.doc.eq(text)) return [];
    const at = (place: number) => Math.min(place, text.length);
    // What a program found counts as long as the text is the one that it read.
    const checked = notebook.checked.peek().get(cell);
    const more = checked?.source === text.toString() ? checked.problems : [];
    return [...reply.problems, ...more].map(({ from, to, severity, message, hint }) => ({
      from: at(from),
      to: at(to),
      severity,
      message: hint ? `${message}\nhint: ${hint}` : message,
      renderMessage: () => rendered(message, hint ?? null),
    }));
  };
  return [
    linter(look, {
      delay: PAUSE,
      needsRefresh: ({ transactions }) =>
        transactions.some(({ effects }) => effects.some((effect) => effect.is(lookAgain))),
    }),
    lintGutter({ hoverTime: 150 }),
    keymap.of(lintKeymap),
    LOOK,
  ];
}

function rendered(message: string, hint: string | null): Node {
  const box = document.createElement("div");
  const more =
    hint === null ? null : h("div", { class: "dim" }, "hint: ", h(Words, { text: hint }));
  render(h("div", null, h(Words, { text: message }), more), box);
  return box;
}

const LOOK = EditorView.theme({
  // The gutter lies over the lines' own margin: text with and without a problem begins alike.
  ".cm-gutter-lint": { width: "13px", marginRight: "-13px", zIndex: 1 },
  ".cm-gutter-lint .cm-gutterElement": { padding: "3px 0 0 2px" },
  ".cm-lint-marker": { width: "9px", height: "9px" },
  ".cm-tooltip-lint": { padding: "2px 0" },
  ".cm-diagnostic": {
    padding: "4px 10px",
    fontFamily: "var(--font)",
    fontSize: "12.5px",
    maxWidth: "520px",
    whiteSpace: "pre-wrap",
  },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--fail)" },
  ".cm-diagnostic-warning": { borderLeft: "3px solid var(--stale)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--fail) 1px",
    textUnderlineOffset: "3px",
  },
  ".cm-lintRange-warning": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--stale) 1px",
    textUnderlineOffset: "3px",
  },
  ".cm-panel.cm-panel-lint ul": { maxHeight: "120px", fontSize: "12.5px" },
  ".cm-panel.cm-panel-lint ul [aria-selected], .cm-panel.cm-panel-lint ul:focus [aria-selected]": {
    backgroundColor: "var(--accent-soft)",
    color: "var(--ink)",
  },
});

/** What the kernel knows of a text: completions, and what stands at the cursor. */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import { type EditorState, type Extension, StateEffect, StateField } from "@codemirror/state";
import { EditorView, hoverTooltip, showTooltip, type Tooltip } from "@codemirror/view";
import { render } from "preact";
import type { Notebook } from "../model/notebook.ts";
import { isCode } from "../protocol/book.ts";
import type { Language } from "../protocol/types.ts";
import { Inspected } from "./inspected.tsx";
import { toPoints, toUnits } from "./points.ts";

/** Who asks: which notebook, which cell. */
export interface Asker {
  notebook: Notebook;
  cell: string;
}

function languageOf({ notebook, cell }: Asker): Language | null {
  const language = notebook.book.peek().cells.get(cell)?.language;
  return language && isCode(language) ? language : null;
}

const KINDS: Record<string, string> = {
  instance: "variable",
  statement: "variable",
  param: "property",
  path: "text",
  magic: "keyword",
};

function completions(asker: Asker) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const language = languageOf(asker);
    const before = context.matchBefore(/[\p{L}\p{N}_.%!/]+$/u);
    if (!language || (!context.explicit && !before)) return null;
    // A number is no name: nobody wants to be helped with `1.`.
    if (!context.explicit && /^[\d.]+$/.test(before?.text ?? "")) return null;
    const code = context.state.doc.toString();
    const cursor = toPoints(code, context.pos);
    const reply = await asker.notebook
      .ask({ request: "complete", language, code, cursor })
      .catch(() => null);
    if (reply?.reply !== "completions" || reply.items.length === 0) return null;
    const options = reply.items.map(
      ({ text, type, signature }, at): Completion => ({
        label: text,
        boost: -at / 100,
        ...(type ? { type: KINDS[type] ?? type } : {}),
        ...(signature ? { detail: signature } : {}),
      }),
    );
    const from = toUnits(code, reply.start);
    return { from, to: toUnits(code, reply.end), options, validFor: /^[\p{L}\p{N}_]*$/u };
  };
}

async function inspect(
  asker: Asker,
  state: EditorState,
  at: number,
): Promise<Record<string, unknown> | null> {
  const language = languageOf(asker);
  if (!language) return null;
  const code = state.doc.toString();
  const cursor = toPoints(code, at);
  const reply = await asker.notebook
    .ask({ request: "inspect", language, code, cursor, detail: 0 })
    .catch(() => null);
  return reply?.reply === "inspected" && reply.found ? (reply.data ?? null) : null;
}

function tooltip(pos: number, data: Record<string, unknown>): Tooltip {
  return {
    pos,
    above: true,
    create: () => {
      const dom = document.createElement("div");
      dom.className = "inspected";
      render(<Inspected data={data} />, dom);
      return { dom, destroy: () => render(null, dom) };
    },
  };
}

const setSignature = StateEffect.define<Tooltip | null>();

/** What `(` or Shift+Tab brought up; it goes with Escape and with the cursor's line. */
const signature = StateField.define<Tooltip | null>({
  create: () => null,
  update(shown, transaction) {
    for (const effect of transaction.effects) if (effect.is(setSignature)) return effect.value;
    if (!shown) return shown;
    const { state } = transaction;
    const pos = transaction.changes.mapPos(shown.pos);
    const lineOf = (at: number) => state.doc.lineAt(Math.min(at, state.doc.length)).number;
    if (lineOf(pos) !== lineOf(state.selection.main.head)) return null;
    return transaction.docChanged ? { ...shown, pos } : shown;
  },
  provide: (field) => showTooltip.from(field),
});

export async function showSignature(view: EditorView, asker: Asker): Promise<void> {
  const at = view.state.selection.main.head;
  const data = await inspect(asker, view.state, at);
  if (!data || view.state.selection.main.head !== at) return;
  view.dispatch({ effects: setSignature.of(tooltip(at, data)) });
}

/** Whether there was one to take away. */
export function hideSignature(view: EditorView): boolean {
  if (!view.state.field(signature, false)) return false;
  view.dispatch({ effects: setSignature.of(null) });
  return true;
}

export function kernelHelp(asker: Asker): Extension {
  return [
    autocompletion({
      override: [completions(asker)],
      activateOnTypingDelay: 120,
      icons: false,
      maxRenderedOptions: 60,
    }),
    hoverTooltip(
      async (view, pos) => {
        const word = view.state.wordAt(pos);
        const data = word ? await inspect(asker, view.state, word.to) : null;
        return data && word ? { ...tooltip(word.from, data), end: word.to } : null;
      },
      { hoverTime: 450 },
    ),
    signature,
    EditorView.updateListener.of((update) => {
      if (!update.docChanged) return;
      update.transactions.forEach((transaction) => {
        if (!transaction.isUserEvent("input.type")) return;
        transaction.changes.iterChanges((_from, _to, _at, to, inserted) => {
          const typed = inserted.toString();
          if (typed === "(" || typed === "()") {
            // The cursor is behind the bracket once the change is done.
            setTimeout(() => void showSignatureAt(update.view, asker, to - typed.length), 0);
          } else if (typed === ")") hideSignature(update.view);
        });
      });
    }),
  ];
}

async function showSignatureAt(view: EditorView, asker: Asker, at: number): Promise<void> {
  const data = await inspect(asker, view.state, at);
  const head = view.state.selection.main.head;
  // Whoever typed on meanwhile doesn't want to be told of something else.
  if (!data || head < at || view.state.doc.lineAt(at).to < head) return;
  view.dispatch({ effects: setSignature.of(tooltip(at, data)) });
}

/** A cell's text, to type in. It is made when the cell comes into view. */
import type { StateEffect, Text } from "@codemirror/state";
import { EditorView, lineNumbers, placeholder } from "@codemirror/view";
import { useComputed } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { finderOf } from "../find/finder.ts";
import type { Desk } from "../model/desk.ts";
import type { Wanted } from "../model/focus.ts";
import type { CellState } from "../protocol/book.ts";
import type { CellText } from "../text/cell-text.ts";
import { setFailed } from "./failed.ts";
import { setFound } from "./found.ts";
import { grammarOf, loadGrammar } from "./languages.ts";
import { lookAgain } from "./problems.ts";
import { grammar, label, numbers, setup } from "./setup.ts";

interface Props {
  desk: Desk;
  cell: CellState;
  /** What a screen reader calls it. */
  name: string;
}

export function Editor({ desk, cell, name }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const text = desk.notebook.text(cell.id);

  useLayoutEffect(() => {
    if (!text || !box.current) return;
    const state = text.open(() => setup(desk, cell.id));
    const editor = new EditorView({ state, parent: box.current });
    text.attach(editor);
    view.current = editor;
    return () => {
      text.detach();
      editor.destroy();
      view.current = null;
    };
  }, [text]);

  const resets = text?.resets.value;
  useEffect(() => {
    const kind = grammarOf(cell.language, desk.notebook.source(cell.id));
    let isCurrent = true;
    void loadGrammar(kind).then((support) => {
      const { state } = view.current ?? {};
      if (!isCurrent || !state || grammar.get(state) === support) return;
      view.current?.dispatch({ effects: grammar.reconfigure(support ?? []) });
    });
    return () => {
      isCurrent = false;
    };
  }, [text, resets, cell.language]);

  const lines = desk.lineNumbers.value;
  const failed = failedAt(cell);
  // What SQL and WASM cells refer to is made elsewhere: it may be right by now. And somebody
  // may have had the cell checked.
  const definitions = desk.definitions.value;
  const checked = desk.notebook.checked.value.get(cell.id);
  const finder = finderOf(desk);
  const places = finder.inCell(cell.id);
  const shown = useComputed(() => {
    const current = finder.current.value;
    return current?.cell === cell.id ? current : null;
  }).value;
  useLooks(view, text, [
    useMemo(() => numbers.reconfigure(lines ? lineNumbers() : []), [lines]),
    useMemo(() => label.reconfigure(labelled(name, cell.language)), [name, cell.language]),
    useMemo(() => setFailed.of(failed), [failed]),
    useMemo(() => lookAgain.of(null), [definitions, checked]),
    useMemo(() => setFound.of({ places, current: shown?.from ?? null }), [places, shown]),
  ]);
  useEffect(() => {
    if (!shown || !view.current) return;
    // The page scrolls, not the editor: lines wrap, and cells are as high as their text.
    const at = view.current.domAtPos(shown.from).node;
    const line = at instanceof Element ? at : at.parentElement;
    line?.scrollIntoView({ block: "center" });
  }, [text, shown?.from, shown?.to]);

  // What the focus is asked to do, once the editor is there: before the next key comes.
  const wanted = useComputed(() => {
    const wanted = desk.wanted.value;
    return wanted?.cell === cell.id ? wanted : null;
  }).value;
  useLayoutEffect(() => {
    const editor = view.current;
    if (!editor || !wanted?.edit) return;
    desk.wanted.value = null;
    const { doc } = editor.state;
    editor.focus();
    editor.dispatch({ ...selectionAt(doc, wanted.at), scrollIntoView: true });
  }, [wanted, text]);

  return <div ref={box} class="text" />;
}

/** Tells an editor how it looks beside its text: all of it when it is new, then what changed. */
function useLooks(
  view: RefObject<EditorView | null>,
  text: CellText | null,
  looks: readonly StateEffect<unknown>[],
): void {
  const resets = text?.resets.value;
  const told = useRef<{ text: CellText | null; resets: number | undefined; looks: typeof looks }>({
    text: null,
    resets: undefined,
    looks: [],
  });
  // Before it is painted: an editor has its name at first sight.
  useLayoutEffect(() => {
    const before = told.current;
    const isNew = before.text !== text || before.resets !== resets;
    const effects = isNew ? looks : looks.filter((look, at) => look !== before.looks[at]);
    told.current = { text, resets, looks };
    view.current?.dispatch({ effects });
  }, [text, resets, ...looks]);
}

/** What a screen reader calls the text, and what stands there while it is empty. */
function labelled(name: string, language: CellState["language"]) {
  return [
    EditorView.contentAttributes.of({ "aria-label": name, spellcheck: "false" }),
    placeholder(PLACEHOLDERS[language]),
  ];
}

/** Where the cursor goes; without a place it stays. */
function selectionAt(doc: Text, at: Wanted["at"]) {
  if (at === undefined) return {};
  if (at === "start") return { selection: { anchor: 0 } };
  if (at === "end") return { selection: { anchor: doc.length } };
  if (typeof at === "number") {
    return { selection: { anchor: doc.line(Math.max(1, Math.min(at, doc.lines))).from } };
  }
  const inside = (place: number) => Math.min(place, doc.length);
  return { selection: { anchor: inside(at.from), head: inside(at.to) } };
}

const PLACEHOLDERS: Record<CellState["language"], string> = {
  python: "",
  sql: "select … from a frame of a cell above",
  rust: "",
  wasm: ";; export: name(x: f64) -> f64",
  markdown: "Text in Markdown; $x^2$ for a formula",
  raw: "",
};

/** The line of this cell, from 1, that its error points at. */
function failedAt(cell: CellState): number | null {
  if (cell.status.status !== "failed") return null;
  for (const output of cell.outputs) {
    if (output.kind !== "error") continue;
    const own = (output.frames ?? []).filter((frame) => frame.cell === cell.id);
    return own.at(-1)?.line ?? null;
  }
  return null;
}

/** What every cell's editor is made of. */
import {
  acceptCompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
  startCompletion,
} from "@codemirror/autocomplete";
import {
  defaultKeymap,
  history,
  historyKeymap,
  indentLess,
  indentMore,
} from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import {
  gotoLine,
  highlightSelectionMatches,
  selectNextOccurrence,
  selectSelectionMatches,
} from "@codemirror/search";
import { Compartment, EditorState, type Extension, Prec } from "@codemirror/state";
import {
  drawSelection,
  dropCursor,
  EditorView,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
} from "@codemirror/view";
import { ACTIONS } from "../keys/actions.ts";
import type { Desk } from "../model/desk.ts";
import { definitionByClick } from "./definition.ts";
import { failedLine } from "./failed.ts";
import { foundPlaces } from "./found.ts";
import { hideSignature, kernelHelp, showSignature } from "./kernel.tsx";
import { grammarNow, grammarOf } from "./languages.ts";
import { look } from "./look.ts";
import { problems } from "./problems.ts";
import { overQuotes } from "./quotes.ts";

/** The parts that change while an editor stands. */
export const grammar = new Compartment();
export const numbers = new Compartment();
export const label = new Compartment();

export function setup(desk: Desk, cell: string): Extension {
  const { notebook } = desk;
  const language = notebook.book.peek().cells.get(cell)?.language ?? "python";
  const asker = { notebook, cell };
  return [
    Prec.highest(keymap.of(actionKeys(desk))),
    history(),
    drawSelection(),
    dropCursor(),
    highlightSpecialChars(),
    EditorState.allowMultipleSelections.of(true),
    indentOnInput(),
    indentUnit.of(language === "python" || language === "rust" ? "    " : "  "),
    bracketMatching(),
    overQuotes,
    closeBrackets(),
    // Alt and a click: one cursor more; with Shift, too, dragging makes a block of them.
    EditorView.clickAddsSelectionRange.of((event) => event.altKey && !event.shiftKey),
    rectangularSelection({ eventFilter: (event) => event.altKey && event.shiftKey }),
    highlightSelectionMatches({ minSelectionLength: 3 }),
    kernelHelp(asker),
    problems(asker),
    definitionByClick(desk, cell),
    failedLine,
    foundPlaces,
    keymap.of([
      {
        key: "Tab",
        run: (view) => acceptCompletion(view) || complete(view) || indentMore(view),
        shift: (view) => {
          if (indents(view)) return indentLess(view);
          void showSignature(view, asker);
          return true;
        },
      },
      { key: "ArrowUp", run: (view) => atEdge(view, -1) && desk.step(-1, true, "end") },
      { key: "ArrowDown", run: (view) => atEdge(view, 1) && desk.step(1, true, "start") },
      ...closeBracketsKeymap,
      ...completionKeymap,
      { key: "Mod-d", run: selectNextOccurrence, preventDefault: true },
      { key: "Mod-Shift-l", run: selectSelectionMatches },
      { key: "Mod-Alt-g", run: gotoLine },
      ...historyKeymap,
      ...defaultKeymap.filter(({ key }) => key !== "Mod-Enter" && key !== "Ctrl-m"),
    ]),
    grammar.of(grammarNow(grammarOf(language, notebook.source(cell))) ?? []),
    numbers.of(desk.lineNumbers.peek() ? lineNumbers() : []),
    label.of([]),
    EditorView.lineWrapping,
    look,
    EditorView.updateListener.of((update) => {
      if (update.docChanged) notebook.typed();
    }),
  ];
}

/** The actions of the table that have a key in the text. */
function actionKeys(desk: Desk) {
  return ACTIONS.flatMap((action) =>
    (action.edit ?? []).map((keys) => ({
      key: editorKey(keys),
      preventDefault: action.id !== "leave",
      run: (view: EditorView) => {
        // Escape first closes what is open over the text.
        if (action.id === "leave" && keys === "Escape" && closesSomething(view)) return false;
        // A list that comes later would stand over the output.
        closeCompletion(view);
        void action.run(desk);
        return true;
      },
    })),
  );
}

/** A key as the editor names it, where a capital letter would mean Shift. */
function editorKey(keys: string): string {
  const key = keys.replace(/\+(?=.)/g, "-").replace(/-([A-Z])$/, (letter) => letter.toLowerCase());
  // Ctrl+M is no Cmd+M on a Mac: that hides the window.
  return key === "Ctrl-m" ? key : key.replace("Ctrl", "Mod");
}

function closesSomething(view: EditorView): boolean {
  if (hideSignature(view)) return true;
  const open = view.dom.querySelector(".cm-tooltip-autocomplete, .cm-panel");
  return open !== null || view.state.selection.ranges.length > 1;
}

/** Tab after a name completes it; elsewhere it indents. */
function complete(view: EditorView): boolean {
  const { main } = view.state.selection;
  if (!main.empty) return false;
  const line = view.state.doc.lineAt(main.head);
  const before = line.text.slice(0, main.head - line.from);
  return /[\p{L}\p{N}_.%/]$/u.test(before) && startCompletion(view);
}

/** Whether Shift+Tab is about indentation: several lines, or the blank begin of one. */
function indents(view: EditorView): boolean {
  const { main } = view.state.selection;
  const line = view.state.doc.lineAt(main.head);
  return !main.empty || line.text.slice(0, main.head - line.from).trim() === "";
}

/** Whether the cursor is in the first or last line, as it is seen, of the text. */
function atEdge(view: EditorView, by: -1 | 1): boolean {
  const { main } = view.state.selection;
  if (!main.empty) return false;
  const moved = view.moveVertically(main, by > 0);
  if (moved.head === main.head) return true;
  // At the end of the last line, moving down goes to the line's end.
  const line = view.state.doc.lineAt(main.head);
  const isLast = by > 0 ? line.number === view.state.doc.lines : line.number === 1;
  const same = view.coordsAtPos(moved.head)?.top === view.coordsAtPos(main.head)?.top;
  return isLast && same;
}

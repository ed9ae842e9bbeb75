/**
 * Closing three quotes that were put there by the editor: each that is typed goes over one.
 * CodeMirror's own goes over all three with the first, and the others are written anew.
 */
import { EditorSelection, type EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

export const overQuotes = EditorView.inputHandler.of((view, from, to, text) => {
  if (from !== to || !isOver(view.state, from, text)) return false;
  view.dispatch({ selection: EditorSelection.cursor(from + 1), scrollIntoView: true });
  return true;
});

/** Whether three quotes of this kind are being closed here. */
export function isOver(state: EditorState, at: number, text: string): boolean {
  if (text !== '"' && text !== "'") return false;
  if (state.selection.ranges.length > 1) return false;
  let before = 0;
  while (before < 3 && state.sliceDoc(at - before - 1, at - before) === text) before += 1;
  let after = 0;
  while (after < 4 && state.sliceDoc(at + after, at + after + 1) === text) after += 1;
  // `"""text|"""`, and what is left of it: what opened it stands before the text.
  return after > 0 && before + after === 3 && before < 3 && opens(state, at - before, text);
}

function opens(state: EditorState, at: number, quote: string): boolean {
  const parts = state.sliceDoc(0, at).split(quote.repeat(3));
  return parts.length % 2 === 0;
}

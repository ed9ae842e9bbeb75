/** From a name to the cell that makes it: F12, or Ctrl and a click. */
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tell, tellProblem } from "../../state/toasts.ts";
import type { Desk } from "../model/desk.ts";

export async function goToDefinition(desk: Desk, cell: string, at: number): Promise<void> {
  try {
    const reply = await desk.notebook.askOfText({ request: "definition", cell, at });
    if (reply.reply !== "defined_at") return;
    const { place } = reply;
    if (place) desk.goTo(place.cell, true, { from: place.from, to: place.to });
    else tell("No cell above makes what stands here");
  } catch (error) {
    tellProblem(error);
  }
}

/** The definition of what stands at the cursor of the cell with the focus. */
export async function goToDefinitionHere(desk: Desk): Promise<void> {
  const cell = desk.focused.peek();
  const state = cell ? desk.notebook.text(cell)?.state : null;
  if (cell && state) await goToDefinition(desk, cell, state.selection.main.head);
}

export function definitionByClick(desk: Desk, cell: string): Extension {
  return EditorView.domEventHandlers({
    mousedown: (event, view) => {
      if (event.button !== 0 || !(event.ctrlKey || event.metaKey)) return false;
      const at = view.posAtCoords({ x: event.clientX, y: event.clientY });
      if (at === null || !view.state.wordAt(at)) return false;
      event.preventDefault();
      void goToDefinition(desk, cell, at);
      return true;
    },
  });
}

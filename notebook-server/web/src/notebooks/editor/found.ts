/** What the search found in a cell's text, marked; the match that is shown stands out. */
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";

export interface Found {
  places: readonly { from: number; to: number }[];
  /** Where the match begins that is shown. */
  current: number | null;
}

export const setFound = StateEffect.define<Found>();

const mark = Decoration.mark({ class: "cm-searchMatch" });
const shown = Decoration.mark({ class: "cm-searchMatch cm-searchMatch-selected" });

export const foundPlaces = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setFound)) continue;
      const { places, current } = effect.value;
      const end = transaction.state.doc.length;
      const inside = places.filter(({ to }) => to <= end);
      next = Decoration.set(
        inside.map(({ from, to }) => (from === current ? shown : mark).range(from, to)),
      );
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

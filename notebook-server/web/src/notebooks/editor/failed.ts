/** The line at which a cell failed, marked until the cell is run again. */
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";

/** The line, from 1; null takes the mark away. */
export const setFailed = StateEffect.define<number | null>();

const mark = Decoration.line({ class: "cm-failed" });

export const failedLine = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setFailed)) continue;
      const { doc } = transaction.state;
      const line = effect.value;
      next =
        line === null || line < 1 || line > doc.lines
          ? Decoration.none
          : Decoration.set(mark.range(doc.line(line).from));
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

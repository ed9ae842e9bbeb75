/** Moving a cell by its bar. Keys do the same: Alt and an arrow. */
import { signal } from "@preact/signals";
import type { Desk } from "../model/desk.ts";

/** The cell that is dragged, and before which place it would be dropped. */
export const dragging = signal<{ cell: string; before: number | null } | null>(null);

export function dragged(desk: Desk, cell: string) {
  return {
    draggable: true,
    onDragStart: (event: DragEvent) => {
      // A text selection or a button in the bar is no cell.
      if ((event.target as Element).closest?.(".cm-editor")) return;
      dragging.value = { cell, before: null };
      event.dataTransfer?.setData("text/x-flownote-cell", cell);
      if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
      desk.goTo(cell);
    },
    onDragEnd: () => {
      dragging.value = null;
    },
  };
}

/** On the list: where the cell would go, and going there. */
export function dropped(desk: Desk) {
  return {
    onDragOver: (event: DragEvent) => {
      const now = dragging.peek();
      if (!now) return;
      event.preventDefault();
      const before = placeAt(event, desk);
      if (before !== now.before) dragging.value = { ...now, before };
    },
    onDrop: (event: DragEvent) => {
      const now = dragging.peek();
      if (!now || now.before === null) return;
      event.preventDefault();
      dragging.value = null;
      const from = desk.positions.peek().get(now.cell) ?? 0;
      // Without the cell itself, places below it are one less.
      void desk.moveTo(now.cell, now.before > from ? now.before - 1 : now.before);
    },
  };
}

function placeAt(event: DragEvent, desk: Desk): number {
  const slots = (event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>(
    ":scope > .slot",
  );
  let place = 0;
  for (const slot of slots) {
    const { top, height } = slot.getBoundingClientRect();
    if (event.clientY < top + height / 2) return place;
    place += 1;
  }
  return desk.order.peek().length;
}

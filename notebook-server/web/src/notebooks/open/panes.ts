/** Whether the panes at the sides are open: remembered from visit to visit. */
import { effect, type Signal, signal } from "@preact/signals";

/** Below this width panes lie over the cells, and begin closed. */
export const NARROW = 1100;

function kept(side: string, atFirst: boolean): Signal<boolean> {
  const key = `flownote.pane.${side}`;
  let before: string | null = null;
  try {
    before = localStorage.getItem(key);
  } catch {
    // Storage may be refused; the choice then lasts as long as the page.
  }
  const isWide = innerWidth >= NARROW;
  const open = signal(isWide && (before === null ? atFirst : before === "open"));
  effect(() => {
    const word = open.value ? "open" : "closed";
    if (innerWidth < NARROW) return;
    try {
      localStorage.setItem(key, word);
    } catch {
      // As above.
    }
  });
  return open;
}

export const leftOpen = kept("left", true);
export const rightOpen = kept("right", true);

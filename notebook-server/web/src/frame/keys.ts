/** Keys that work everywhere: the palette, the help sheet, the four places, the search. */
import { go } from "../router.ts";
import { openHelp } from "./help.tsx";
import { paletteOpen } from "./palette.tsx";

const PLACES: Record<string, string> = { n: "/notebooks", r: "/runs", d: "/data", h: "/health" };

/** Whether what has the focus takes letters itself. */
export function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  return Boolean(
    element?.closest?.("input, textarea, select, [contenteditable], .cm-editor, dialog"),
  );
}

/** Called once, at the start. */
export function startKeys(): void {
  let wentAt = Number.NEGATIVE_INFINITY;
  document.addEventListener("keydown", (event) => {
    const control = event.ctrlKey || event.metaKey;
    const letter = event.key.toLowerCase();
    if (control && (letter === "k" || (event.shiftKey && letter === "p"))) {
      event.preventDefault();
      paletteOpen.value = !paletteOpen.value;
      return;
    }
    if (control || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
    // `g` and then a place's letter, within a second.
    if (letter === "g") {
      wentAt = event.timeStamp;
    } else if (PLACES[letter] && event.timeStamp - wentAt < 1000) {
      wentAt = Number.NEGATIVE_INFINITY;
      event.preventDefault();
      go(PLACES[letter]);
    } else if (event.key === "?") {
      event.preventDefault();
      openHelp();
    } else if (event.key === "/") {
      const search = document.querySelector<HTMLInputElement>("[data-search]");
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
    }
  });
}

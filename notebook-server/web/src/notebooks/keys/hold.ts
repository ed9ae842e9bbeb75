/**
 * Moving the focus together with what a key asked the server for.
 *
 * Once a key has changed the page, Chromium lets scripts hear nothing of the network before the
 * next frame is painted (its feature DeferRendererTasksAfterInput): a result that is there after
 * four milliseconds is seen two frames later. So the key changes nothing; the move waits for the
 * answer, for less than a frame.
 */

/** Milliseconds that a move waits at most. */
const PATIENCE = 12;

let held: (() => void) | null = null;

/** Moves once the answer is there, or it takes too long, or somebody does the next thing. */
export function withAnswer(answer: Promise<unknown>, move: () => void): void {
  release();
  const once = () => {
    if (held !== once) return;
    held = null;
    clearTimeout(timer);
    removeEventListener("keydown", redirect, true);
    removeEventListener("pointerdown", release, true);
    move();
  };
  held = once;
  const timer = setTimeout(once, PATIENCE);
  addEventListener("keydown", redirect, true);
  addEventListener("pointerdown", release, true);
  void answer.finally(once);
}

function release(): void {
  held?.();
}

/** A key that comes before the move is meant for where the focus goes. */
function redirect(event: KeyboardEvent): void {
  const before = document.activeElement;
  release();
  // Drawn, and so moved, before what is queued here.
  event.stopImmediatePropagation();
  queueMicrotask(() => {
    const target = document.activeElement ?? before;
    if (!target?.dispatchEvent(new KeyboardEvent("keydown", event))) event.preventDefault();
  });
}

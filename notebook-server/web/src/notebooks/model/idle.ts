/** What can wait until the page has nothing better to do. */

/** Milliseconds after which it is done although the page has other things to do. */
const PATIENCE = 100;

/** Runs it when the page is idle; not every browser can tell. */
export function whenIdle(run: () => void): void {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(run, { timeout: PATIENCE });
  else setTimeout(run, 0);
}

const waiting = new Set<() => void>();
let isAsked = false;

/** Runs it when the page is idle, one after the other; returns what takes it back. */
export function inTurn(run: () => void): () => void {
  waiting.add(run);
  ask();
  return () => {
    waiting.delete(run);
  };
}

function ask(): void {
  if (isAsked || waiting.size === 0) return;
  isAsked = true;
  whenIdle(() => {
    isAsked = false;
    const [next] = waiting;
    if (next) {
      waiting.delete(next);
      next();
    }
    ask();
  });
}

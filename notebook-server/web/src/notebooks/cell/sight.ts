/** Which cells are near the eye: one observer for all of them. */

/** How far above and below the window cells are kept. */
const REACH = 900;

/** Milliseconds after which they come although the page has other things to do. */
const PATIENCE = 100;

/** Runs it when the page has nothing better to do; not every browser can tell. */
const whenIdle = (run: () => void) =>
  "requestIdleCallback" in globalThis
    ? requestIdleCallback(run, { timeout: PATIENCE })
    : setTimeout(run, 0);

export class Sight {
  private readonly watched = new Map<Element, (near: boolean) => void>();
  private readonly observer: IntersectionObserver;

  constructor(root: Element | null) {
    this.observer = new IntersectionObserver(
      (entries) => {
        // They are drawn ahead of time: what is seen just now comes first.
        whenIdle(() => {
          for (const { target, isIntersecting } of entries) {
            this.watched.get(target)?.(isIntersecting);
          }
        });
      },
      { root, rootMargin: `${REACH}px 0px` },
    );
  }

  watch(element: Element, tell: (near: boolean) => void): () => void {
    this.watched.set(element, tell);
    this.observer.observe(element);
    return () => {
      this.watched.delete(element);
      this.observer.unobserve(element);
    };
  }

  close(): void {
    this.observer.disconnect();
  }
}

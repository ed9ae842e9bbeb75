/** Which cells are near the eye: one observer for all of them. */

/** How far above and below the window cells are kept. */
const REACH = 900;

export class Sight {
  private readonly watched = new Map<Element, (near: boolean) => void>();
  private readonly observer: IntersectionObserver;

  constructor(root: Element | null) {
    this.observer = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) this.watched.get(entry.target)?.(entry.isIntersecting);
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

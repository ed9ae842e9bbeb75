/** What is near the eye: one observer for all of it. */
import { whenIdle } from "../model/idle.ts";

export class Sight {
  private readonly watched = new Map<Element, (near: boolean) => void>();
  private readonly observer: IntersectionObserver;

  /** Sees so many pixels above and below the window. */
  constructor(reach: number) {
    this.observer = new IntersectionObserver(
      (entries) => {
        // What is on the screen already comes first.
        whenIdle(() => {
          for (const { target, isIntersecting } of entries) {
            this.watched.get(target)?.(isIntersecting);
          }
        });
      },
      { rootMargin: `${reach}px 0px` },
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

/** How wide an element is, as the page changes. */
import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

/** The width of what an element has inside; `before` it is known. */
export function useWidth(element: RefObject<HTMLElement | null>, before: number): number {
  const width = useSignal(before);
  useLayoutEffect(() => {
    const watch = new ResizeObserver(([entry]) => {
      if (entry) width.value = entry.contentRect.width;
    });
    if (element.current) watch.observe(element.current);
    return () => watch.disconnect();
  }, []);
  return width.value;
}

/** Whether what a box holds is larger than it is: then the keyboard must be able to scroll it. */
import { type Signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

/** Told anew whenever the box's size changes, and with each `content`. */
export function useOverflow(box: RefObject<HTMLElement | null>, content: unknown): Signal<boolean> {
  const overflows = useSignal(false);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => {
      overflows.value =
        element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight;
    };
    // Told at once, too, when the browser has laid it out anyway.
    const watch = new ResizeObserver(look);
    watch.observe(element);
    return () => watch.disconnect();
  }, [content]);
  return overflows;
}

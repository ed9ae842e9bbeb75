/** The time, for what says how long ago something was: it ticks while the page is seen. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

/** Ticks once in ten seconds. */
export const now = signal(Date.now());

if (typeof window !== "undefined") {
  setInterval(() => {
    if (!document.hidden) now.value = Date.now();
  }, 10_000);
}

/** Calls `tick` several times a second while `active`, in step with what is painted. */
export function useTicking(active: boolean, tick: () => void, everyMs = 250): void {
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => {
      if (!document.hidden) tick();
    }, everyMs);
    return () => clearInterval(timer);
  }, [active, everyMs]);
}

/** A thing of the server in a component: loading, there, or failed; asked again on demand. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { asProblem, type ProblemText } from "./problem.ts";

export interface Resource<T> {
  /** What was answered last; kept while it is asked for again. */
  readonly value: ReadonlySignal<T | null>;
  /** What failed, if the last answer did. */
  readonly problem: ReadonlySignal<ProblemText | null>;
  /** Whether an answer is awaited. */
  readonly busy: ReadonlySignal<boolean>;
  /** Asks again. */
  refresh(): void;
  /** Replaces the value by what is known otherwise (an event, an answer to a change). */
  set(value: T): void;
}

/**
 * Loads something and loads it anew when `key` changes; a null key loads nothing.
 *
 * The value of another key is never shown under this one. When `again` changes it is asked for
 * again, and what was answered before is shown meanwhile.
 */
export function useResource<T>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<T>,
  again?: unknown,
): Resource<T> {
  const { resource, start } = useMemo(() => create(load), [key]);
  useEffect(() => (key === null ? undefined : start()), [key]);
  const asked = useRef(again);
  useEffect(() => {
    if (asked.current === again) return;
    asked.current = again;
    if (key !== null) resource.refresh();
  }, [again]);
  return resource;
}

function create<T>(load: (signal: AbortSignal) => Promise<T>) {
  const value = signal<T | null>(null);
  const problem = signal<ProblemText | null>(null);
  const busy = signal(true);
  let abort = new AbortController();

  const run = async () => {
    abort.abort();
    abort = new AbortController();
    const mine = abort.signal;
    busy.value = true;
    try {
      const found = await load(mine);
      if (mine.aborted) return;
      value.value = found;
      problem.value = null;
    } catch (error) {
      if (mine.aborted) return;
      problem.value = asProblem(error);
    }
    busy.value = false;
  };

  const start = () => {
    void run();
    return () => abort.abort();
  };
  const set = (next: T) => {
    value.value = next;
  };
  const resource: Resource<T> = { value, problem, busy, refresh: () => void run(), set };
  return { resource, start };
}

/** Calls `again` every `ms` while the page is seen, and at once when it is seen again. */
export function useRepeat(ms: number | null, again: () => void): void {
  useEffect(() => {
    if (ms === null) return;
    let timer = 0;
    const arm = () => {
      clearInterval(timer);
      if (!document.hidden) timer = window.setInterval(again, ms);
    };
    const seen = () => {
      if (!document.hidden) again();
      arm();
    };
    arm();
    document.addEventListener("visibilitychange", seen);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [ms]);
}

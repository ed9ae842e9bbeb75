/** A component whose code is fetched when it is first needed. */
import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { asProblem } from "../api/problem.ts";
import { ProblemNote, Skeleton } from "../parts/notice.tsx";

/** The component that `load` brings; grey lines until it is there, what failed if it does. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const loaded = signal<ComponentType<P> | null>(null);
  const problem = signal<unknown>(null);
  let started = false;
  const start = () => {
    started = true;
    problem.value = null;
    load().then(
      (component) => {
        loaded.value = component;
      },
      (error: unknown) => {
        problem.value = error;
      },
    );
  };
  return function Lazy(props: P) {
    const Component = loaded.value;
    if (Component) return <Component {...props} />;
    if (!started) start();
    return (
      <main class="page" id="main">
        {problem.value ? (
          <ProblemNote problem={asProblem(problem.value)} again={start} />
        ) : (
          <Skeleton />
        )}
      </main>
    );
  };
}

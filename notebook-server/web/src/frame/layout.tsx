/** What a place stands in: a side column that folds away where it is narrow, and the page. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../parts/icon.tsx";
import { path, visits } from "../router.ts";

interface Props {
  aside?: ComponentChildren;
  asideLabel?: string;
  /** The page itself doesn't scroll: a part of it does. */
  fixed?: boolean;
  children: ComponentChildren;
}

export function Layout({ aside, asideLabel, fixed = false, children }: Props) {
  const open = useSignal(false);
  const main = useRef<HTMLElement>(null);
  // What had the focus is gone with the place before: keys go on in the new one.
  useEffect(() => {
    if (visits > 0 && document.activeElement === document.body) {
      main.current?.focus({ preventScroll: true });
    }
  }, []);
  // Whoever went somewhere from the side column wants to see it.
  useEffect(() => {
    open.value = false;
  }, [path.value]);
  return (
    <div class={`body ${aside ? "with-aside" : ""} ${open.value ? "aside-open" : ""}`}>
      {aside && (
        <aside class="aside" aria-label={asideLabel}>
          {aside}
        </aside>
      )}
      <main ref={main} id="main" class={`page ${fixed ? "fixed" : ""}`} tabIndex={fixed ? -1 : 0}>
        {aside && (
          <button
            type="button"
            class="btn small narrow-only"
            style={{ alignSelf: "flex-start", marginBottom: "12px" }}
            aria-expanded={open.value}
            onClick={() => {
              open.value = !open.value;
            }}
          >
            <Icon name={open.value ? "close" : "menu"} size={13} /> {asideLabel}
          </button>
        )}
        {children}
      </main>
    </div>
  );
}

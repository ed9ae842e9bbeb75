/** Tabs as WAI-ARIA has them: one in the tab order, arrows go between them. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { nextIndex } from "./roving.ts";

export interface Tab {
  id: string;
  title: string;
  badge?: string | null;
}

interface Props {
  label: string;
  tabs: Tab[];
  chosen: string;
  choose: (id: string) => void;
  children: ComponentChildren;
}

export function Tabs({ label, tabs, chosen, choose, children }: Props) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  // In a narrow window the tabs scroll: the one that is chosen is seen.
  useEffect(() => {
    const tab = document.getElementById(`${id}-${chosen}`);
    if (!tab || !list.current) return;
    const { offsetLeft, offsetWidth } = tab;
    const { scrollLeft, clientWidth } = list.current;
    if (offsetLeft < scrollLeft || offsetLeft + offsetWidth > scrollLeft + clientWidth)
      list.current.scrollLeft = offsetLeft - (clientWidth - offsetWidth) / 2;
  }, [chosen]);
  const keydown = (event: KeyboardEvent) => {
    const at = tabs.findIndex((tab) => tab.id === chosen);
    const next = nextIndex(event.key, at, tabs.length, "horizontal");
    if (next === null) return;
    event.preventDefault();
    const tab = tabs[next];
    if (!tab) return;
    choose(tab.id);
    document.getElementById(`${id}-${tab.id}`)?.focus();
  };
  return (
    <>
      <div ref={list} class="tabs" role="tablist" aria-label={label} onKeyDown={keydown}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${id}-${tab.id}`}
            aria-selected={tab.id === chosen}
            aria-controls={`${id}-panel`}
            tabIndex={tab.id === chosen ? 0 : -1}
            onClick={() => choose(tab.id)}
          >
            {tab.title}
            {tab.badge && <span class="badge">{tab.badge}</span>}
          </button>
        ))}
      </div>
      <div class="tab-panel" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${chosen}`}>
        {children}
      </div>
    </>
  );
}

/** A look at a value without leaving where one is: what its interpreter says of a name. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Inspected } from "../editor/inspected.tsx";
import type { Desk } from "../model/desk.ts";
import type { NamedSymbol } from "./names.ts";

/** Milliseconds over a name before one wants to know of it. */
const WAIT = 350;

export interface Peeked {
  symbol: NamedSymbol;
  /** Where the name stands on the page. */
  at: DOMRect;
}

/** One name at a time is under the mouse. */
let timer = 0;

/** What an entry needs so that its name is looked at: by the mouse and by the focus. */
export function peeks(symbol: NamedSymbol, peeked: Signal<Peeked | null>) {
  const come = (event: Event) => {
    const at = (event.currentTarget as Element).getBoundingClientRect();
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      peeked.value = { symbol, at };
    }, WAIT);
  };
  const go = () => {
    clearTimeout(timer);
    if (peeked.peek()?.symbol.name === symbol.name) peeked.value = null;
  };
  return { onMouseEnter: come, onMouseLeave: go, onFocus: come, onBlur: go };
}

export function Peek({ desk, peeked }: { desk: Desk; peeked: Signal<Peeked | null> }) {
  const found = peeked.value;
  if (!found) return null;
  return <Open key={found.symbol.name} desk={desk} {...found} />;
}

function Open({ desk, symbol, at }: { desk: Desk } & Peeked) {
  const data = useSignal<Record<string, unknown> | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const { name, language } = symbol;
  useEffect(() => {
    let isCurrent = true;
    // Nothing is started only to look.
    const one = desk.notebook.book.peek().interpreters.get(processOf(language));
    if (one?.state !== "ready") return;
    void desk.notebook
      .ask({ request: "inspect", language, code: name, cursor: [...name].length, detail: 0 })
      .catch(() => null)
      .then((reply) => {
        if (isCurrent && reply?.reply === "inspected" && reply.found) data.value = reply.data;
      });
    return () => {
      isCurrent = false;
    };
  }, []);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const { width, height } = element.getBoundingClientRect();
    element.style.left = `${Math.max(4, at.left - width - 10)}px`;
    element.style.top = `${Math.max(4, Math.min(at.top, innerHeight - height - 8))}px`;
  });
  if (!data.value) return null;
  return (
    <div ref={box} class="inspected peek" role="tooltip">
      <Inspected data={data.value} />
    </div>
  );
}

/** The language that an interpreter is known by: SQL and WASM share one. */
function processOf(language: NamedSymbol["language"]): NamedSymbol["language"] {
  return language === "wasm" ? "sql" : language;
}

/** Contents: the headings of the Markdown cells. */
import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Desk } from "../model/desk.ts";
import { type Heading, headings } from "../outputs/markdown.ts";

interface Place extends Heading {
  cell: string;
  key: string;
}

export function Contents({ desk }: { desk: Desk }) {
  const found = useMemo(() => {
    const cache = new Map<string, { source: string; found: Heading[] }>();
    return computed((): Place[] => {
      desk.notebook.textChanges.value;
      desk.definitions.value;
      const { order, cells } = desk.notebook.book.peek();
      return order.flatMap((id) => {
        if (cells.get(id)?.language !== "markdown") return [];
        const source = desk.notebook.source(id);
        const old = cache.get(id);
        const own = old?.source === source ? old.found : headings(source);
        cache.set(id, { source, found: own });
        return own.map((heading, at) => ({ ...heading, cell: id, key: `${id}-${at}` }));
      });
    });
  }, [desk]).value;
  if (found.length === 0) return null;
  const top = Math.min(...found.map(({ level }) => level));
  const places = desk.positions.value;
  const focus = places.get(desk.focused.value ?? "") ?? -1;
  // The section that the focus is in: the last heading above it.
  const current = found.findLast(({ cell }) => (places.get(cell) ?? 0) <= focus);
  return (
    <nav aria-label="Contents">
      <h3>Contents</h3>
      {found.map(({ level, text, cell, key }) => (
        <button
          key={key}
          type="button"
          class="entry"
          aria-current={current?.key === key ? "location" : undefined}
          style={{ paddingLeft: `${6 + (level - top) * 12}px` }}
          onClick={() => desk.goTo(cell)}
        >
          <span class="cut">{text}</span>
        </button>
      ))}
    </nav>
  );
}

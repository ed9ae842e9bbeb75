/** The DAG of cells: who uses what of whom. Each cell is a button; arrows go through them. */
import { useMemo, useRef } from "preact/hooks";
import { nextIndex } from "../../parts/roving.ts";
import { LOOKS, StatusGlyph, statusName } from "../cell/status.tsx";
import type { Desk } from "../model/desk.ts";
import { firstLine } from "../model/title.ts";
import { languageTitle } from "../protocol/book.ts";
import { drawCells, MOST_CELLS } from "./graph-layout.ts";
import { linkedCells, namesOf } from "./names.ts";

export function CellsGraph({ desk }: { desk: Desk }) {
  const names = namesOf(desk).value;
  const ids = linkedCells(desk).value.map(({ id }) => id);
  const isLarge = ids.length > MOST_CELLS;
  const graph = useMemo(() => (isLarge ? null : drawCells(ids, names)), [names]);
  const box = useRef<HTMLDivElement>(null);
  if (ids.length === 0) return null;
  if (!graph) {
    return (
      <section aria-label="Cells">
        <h3>Cells</h3>
        <p class="pane-note">{ids.length} cells: too many to draw. Symbols tell who uses what.</p>
      </section>
    );
  }
  const { cells } = desk.notebook.book.value;
  // Read so that labels follow what is typed.
  desk.notebook.textChanges.value;
  const focused = desk.focused.value;
  const current = focused && ids.includes(focused) ? focused : ids[0];

  const keydown = (event: KeyboardEvent) => {
    const next = nextIndex(event.key, ids.indexOf(current ?? ""), ids.length, "vertical");
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    const buttons = box.current?.querySelectorAll<HTMLElement>("button");
    buttons?.[next]?.focus();
  };

  return (
    <section aria-label="Cells and what they use of each other">
      <h3>Cells</h3>
      <div ref={box} class={`cell-graph ${graph.look}`} onKeyDown={keydown}>
        <div style={{ width: `${graph.width}px`, height: `${graph.height}px` }}>
          <svg width={graph.width} height={graph.height} aria-hidden="true">
            {graph.lines.map(({ from, to, path, isImport }) => {
              const isStale = !isImport && cells.get(to)?.status.status === "stale";
              const isNear = from === focused || to === focused;
              return (
                <path
                  key={`${from}>${to}`}
                  d={path}
                  class={`${isImport ? "import" : ""} ${isStale ? "stale" : ""} ${isNear ? "near" : ""}`}
                />
              );
            })}
          </svg>
          {graph.cells.map(({ id, x, y }) => {
            const cell = cells.get(id);
            if (!cell) return null;
            const name = statusName(cell.status);
            const number = desk.numbers.value.get(id);
            const makes = names.get(id)?.defines.join(", ");
            const title = firstLine(desk.notebook.source(id));
            const said = [
              // What is seen comes as it is seen.
              `cell ${`${number} ${title}`.trim()}`,
              languageTitle(cell.language),
              LOOKS[name].word,
              makes ? `makes ${makes}` : "",
            ];
            return (
              <button
                key={id}
                type="button"
                class={`graph-cell tone-${LOOKS[name].tone}`}
                style={{ left: `${x}px`, top: `${y}px` }}
                tabIndex={id === current ? 0 : -1}
                aria-label={said.filter(Boolean).join(", ")}
                aria-current={id === focused ? "true" : undefined}
                title={said.filter(Boolean).join(", ")}
                onClick={() => desk.goTo(id)}
              >
                <StatusGlyph name={name} size={14} />
                <span class="cut">
                  {number} {title}
                </span>
              </button>
            );
          })}
        </div>
      </div>
    </section>
  );
}

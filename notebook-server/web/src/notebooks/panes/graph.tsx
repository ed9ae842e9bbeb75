/** The DAG of cells: who uses what of whom. Each cell is a button; arrows go through them. */
import { type ReadonlySignal, useComputed } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { nextIndex } from "../../parts/roving.ts";
import { LOOKS, StatusGlyph, statusName } from "../cell/status.tsx";
import type { Desk } from "../model/desk.ts";
import { firstLine } from "../model/title.ts";
import { languageTitle } from "../protocol/book.ts";
import { drawCells, type GraphCell, type GraphLine, MOST_CELLS } from "./graph-layout.ts";
import { linkedCells, namesOf } from "./names.ts";

export function CellsGraph({ desk }: { desk: Desk }) {
  const names = namesOf(desk).value;
  const ids = linkedCells(desk).value.map(({ id }) => id);
  const isLarge = ids.length > MOST_CELLS;
  const graph = useMemo(() => (isLarge ? null : drawCells(ids, names)), [names]);
  const box = useRef<HTMLDivElement>(null);
  // The one that Tab leads to.
  const reached = useComputed(() => {
    const cells = linkedCells(desk).value;
    const focused = cells.find(({ id }) => id === desk.focused.value);
    return (focused ?? cells[0])?.id ?? null;
  });
  if (ids.length === 0) return null;
  if (!graph) {
    return (
      <section aria-label="Cells">
        <h3>Cells</h3>
        <p class="pane-note">{ids.length} cells: too many to draw. Symbols tell who uses what.</p>
      </section>
    );
  }
  const keydown = (event: KeyboardEvent) => {
    const buttons = [...(box.current?.querySelectorAll<HTMLElement>("button") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    const next = nextIndex(event.key, at, buttons.length, "vertical");
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    buttons[next]?.focus();
  };

  return (
    <section aria-label="Cells and what they use of each other">
      <h3>Cells</h3>
      <div ref={box} class={`cell-graph ${graph.look}`} onKeyDown={keydown}>
        <div style={{ width: `${graph.width}px`, height: `${graph.height}px` }}>
          <svg width={graph.width} height={graph.height} aria-hidden="true">
            {graph.lines.map((line) => (
              <Line key={`${line.from}>${line.to}`} desk={desk} line={line} />
            ))}
          </svg>
          {graph.cells.map((place) => (
            <Cell
              key={place.id}
              desk={desk}
              place={place}
              makes={names.get(place.id)?.defines ?? []}
              reached={reached}
            />
          ))}
        </div>
      </div>
    </section>
  );
}

// Each line and each cell is drawn anew by itself: the focus moves and cells run all the time.

function Line({ desk, line }: { desk: Desk; line: GraphLine }) {
  const { from, to, path, isImport } = line;
  const isToStale = useComputed(() => {
    return desk.notebook.cell(to).value?.status.status === "stale";
  }).value;
  const isStale = isToStale && !isImport;
  const isNear = useComputed(() => [from, to].includes(desk.focused.value ?? "")).value;
  const classes = [isImport ? "import" : "", isStale ? "stale" : "", isNear ? "near" : ""];
  return <path d={path} class={classes.join(" ")} />;
}

interface CellProps {
  desk: Desk;
  place: GraphCell;
  /** The names that it makes. */
  makes: readonly string[];
  /** The cell that Tab leads to. */
  reached: ReadonlySignal<string | null>;
}

function Cell({ desk, place: { id, x, y }, makes, reached }: CellProps) {
  const cell = desk.notebook.cell(id);
  const language = useComputed(() => cell.value?.language ?? null).value;
  const name = useComputed(() => statusName(cell.value?.status ?? { status: "fresh" })).value;
  const number = useComputed(() => desk.numbers.value.get(id)).value;
  const title = useComputed(() => {
    // Read so that labels follow what is typed.
    desk.notebook.textChanges.value;
    return firstLine(desk.notebook.source(id));
  }).value;
  const isFocused = useComputed(() => desk.focused.value === id).value;
  const isReached = useComputed(() => reached.value === id).value;
  if (!language) return null;
  const said = [
    // What is seen comes as it is seen.
    `cell ${`${number} ${title}`.trim()}`,
    languageTitle(language),
    LOOKS[name].word,
    makes.length > 0 ? `makes ${makes.join(", ")}` : "",
  ];
  return (
    <button
      type="button"
      class={`graph-cell tone-${LOOKS[name].tone}`}
      style={{ left: `${x}px`, top: `${y}px` }}
      tabIndex={isReached ? 0 : -1}
      aria-label={said.filter(Boolean).join(", ")}
      aria-current={isFocused ? "true" : undefined}
      title={said.filter(Boolean).join(", ")}
      onClick={() => desk.goTo(id)}
    >
      <StatusGlyph name={name} size={14} />
      <span class="cut">
        {number} {title}
      </span>
    </button>
  );
}

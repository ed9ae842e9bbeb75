/**
 * A table of any size as a grid, as WAI-ARIA has it: only what is seen exists, and pages of it
 * come from the server as they are needed.
 *
 * The rows hang in a layer that stays at the top of the box that scrolls; where the bar stands
 * says which rows those are. So a table may be longer than a box can be tall.
 */
import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useId, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { count, number } from "../format/format.ts";
import { ProblemNote, Skeleton } from "../parts/notice.tsx";
import { GridBar } from "./bar.tsx";
import { CellText, shown } from "./cell.tsx";
import { ColumnCard } from "./column-card.tsx";
import type { CellValue, Form } from "./copy.ts";
import { Head } from "./head.tsx";
import type { GridModel } from "./model.ts";
import {
  boxHeight,
  type Cell,
  columnsWithin,
  next,
  offsets,
  ROW,
  toRows,
  toScroll,
} from "./place.ts";
import { copyCells, type Stretch, stretchOf } from "./selection.ts";

const HEAD = 48;
/** A column's width unless somebody drew it: what its kind usually takes. */
const WIDTHS = { number: 116, text: 190, boolean: 86, time: 186, binary: 150, nested: 240 };
const BEYOND = 4;

interface Props {
  model: GridModel;
  label: string;
  /** Rows that the box shows when it doesn't fill its place. */
  rows?: number;
  /** Further tools, after the grid's own. */
  children?: preact.ComponentChildren;
}

export function Grid({ model, label, rows: most, children }: Props) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const place = useSignal({ top: 0, left: 0, width: 0, height: 0 });
  const active = useSignal<Cell>({ row: 0, column: 0 });
  const anchor = useSignal<Cell | null>(null);
  const card = useSignal<{ column: number; at: DOMRect } | null>(null);
  const { drawn } = model;

  useEffect(() => {
    void model.open();
    return () => model.close();
  }, [model]);

  const columns = model.columns.value;
  const total = model.total.value ?? 0;
  // Shown anew when a page came.
  void model.came.value;
  const gutter = Math.max(44, String(model.info.value?.rows ?? 0).length * 8 + 18);
  const sums = useMemo(
    () =>
      offsets(
        columns.map(
          (it) =>
            drawn.value[it.name] ??
            Math.max(WIDTHS[it.kind], Math.min(300, it.name.length * 7 + 44)),
        ),
      ),
    [columns, drawn.value],
  );
  const { top, left, width, height } = place.value;
  const view = Math.max(0, height - HEAD);
  const [firstRow, lastRow] = [
    Math.max(0, Math.floor(top / ROW) - BEYOND),
    Math.min(total, Math.ceil((top + view) / ROW) + BEYOND),
  ];
  const [firstColumn, lastColumn] = columnsWithin(sums, left, left + Math.max(1, width - gutter));

  const measure = () => {
    const at = box.current;
    if (!at) return;
    const height = at.clientHeight;
    const rows = model.total.peek() ?? 0;
    const now = place.peek();
    const scroll = toScroll(now.top, rows, height - HEAD);
    // A bar that we set ourselves says less than what it was set to.
    const top =
      Math.abs(scroll - at.scrollTop) < 1 ? now.top : toRows(at.scrollTop, rows, height - HEAD);
    place.value = { top: Math.max(0, top), left: at.scrollLeft, width: at.clientWidth, height };
  };
  useLayoutEffect(measure, [total, columns]);
  useEffect(() => {
    const watch = new ResizeObserver(measure);
    if (box.current) watch.observe(box.current);
    return () => watch.disconnect();
  }, [model.info.value]);

  useEffect(() => {
    if (columns.length > 0 && height > 0)
      model.need([firstRow, lastRow], [firstColumn, lastColumn]);
  }, [model, model.view.value, columns, height > 0, firstRow, lastRow, firstColumn, lastColumn]);
  // Columns are summed up when whoever scrolls rests.
  useEffect(() => {
    if (columns.length === 0 || height === 0) return;
    const seen = columns.slice(firstColumn, lastColumn).map((column) => column.name);
    const timer = setTimeout(() => model.sumUp(seen), 250);
    return () => clearTimeout(timer);
  }, [model, model.view.value, columns, height > 0, firstColumn, lastColumn]);
  // Another view begins at its top.
  useSignalEffect(() => {
    void model.view.value;
    scrollTo(0);
    active.value = { ...active.peek(), row: Math.min(0, active.peek().row) };
    anchor.value = null;
  });

  function scrollTo(top: number): void {
    const at = box.current;
    if (!at) return;
    const rows = model.total.peek() ?? 0;
    const view = at.clientHeight - HEAD;
    const clean = Math.max(0, Math.min(top, rows * ROW - view));
    place.value = { ...place.peek(), top: clean };
    at.scrollTop = toScroll(clean, rows, view);
  }

  function reveal(cell: Cell): void {
    const at = box.current;
    if (!at) return;
    const { top } = place.peek();
    const view = at.clientHeight - HEAD;
    if (cell.row >= 0) {
      if (cell.row * ROW < top) scrollTo(cell.row * ROW);
      else if ((cell.row + 1) * ROW > top + view) scrollTo((cell.row + 1) * ROW - view);
    }
    const [from, to] = [sums[cell.column] ?? 0, sums[cell.column + 1] ?? 0];
    const room = at.clientWidth - gutter;
    if (from < at.scrollLeft) at.scrollLeft = from;
    else if (to > at.scrollLeft + room) at.scrollLeft = Math.min(from, to - room);
  }

  const go = (cell: Cell, extend: boolean) => {
    anchor.value = extend ? (anchor.peek() ?? active.peek()) : null;
    active.value = cell;
    reveal(cell);
  };
  const stretch = (): Stretch => stretchOf(active.peek(), anchor.peek());
  const take = (form: Form, which: Stretch) => void copyCells(model, form, which);
  const whole = (): Stretch => ({
    from: [0, 0],
    to: [Math.max(0, total - 1), Math.max(0, columns.length - 1)],
  });

  const keydown = (event: KeyboardEvent) => {
    const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
    const ctrl = ctrlKey || metaKey;
    const at = active.peek();
    const column = columns[at.column];
    const done = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (altKey && at.row >= -1 && column && (key === "ArrowLeft" || key === "ArrowRight")) {
      const now = sums[at.column + 1]! - sums[at.column]!;
      const step = key === "ArrowLeft" ? -16 : 16;
      drawn.value = { ...drawn.value, [column.name]: Math.max(48, now + step) };
      return done();
    }
    if (ctrl && key.toLowerCase() === "c") {
      // A text that was marked is copied by the browser.
      if (!getSelection()?.isCollapsed) return;
      take("TSV", stretch());
      return done();
    }
    if (ctrl && key.toLowerCase() === "a") {
      anchor.value = { row: 0, column: 0 };
      active.value = { row: total - 1, column: columns.length - 1 };
      return done();
    }
    if (column && ((altKey && key === "ArrowDown") || (key === "Enter" && shiftKey))) {
      openCard(at.column);
      return done();
    }
    if (column && key === "Enter" && at.row === -1) {
      model.turn(column.name);
      return done();
    }
    if (altKey) return;
    const page = Math.max(1, Math.floor(view / ROW) - 1);
    const to = next(key, ctrl, at, total, columns.length, page);
    if (!to) return;
    go(to, shiftKey && at.row >= 0 && to.row >= 0);
    done();
  };

  function openCard(column: number): void {
    const head = document.getElementById(`${id}-h${column}`);
    if (head) card.value = { column, at: head.getBoundingClientRect() };
  }

  // A bar that moves many rows a pixel is too coarse for a wheel.
  useEffect(() => {
    const at = box.current;
    if (!at) return;
    const wheel = (event: WheelEvent) => {
      const rows = model.total.peek() ?? 0;
      if (rows * ROW <= boxHeight(rows) || event.ctrlKey || event.deltaY === 0) return;
      event.preventDefault();
      const unit = event.deltaMode === 1 ? ROW : event.deltaMode === 2 ? at.clientHeight : 1;
      scrollTo(place.peek().top + event.deltaY * unit);
      at.scrollLeft += event.deltaX * unit;
    };
    at.addEventListener("wheel", wheel, { passive: false });
    return () => at.removeEventListener("wheel", wheel);
  }, [model.info.value]);

  const cellAt = (event: PointerEvent): Cell | null => {
    const cell = (event.target as Element).closest<HTMLElement>(".grid-cell");
    if (!cell) return null;
    const [row, column] = cell.dataset.cell!.split(":").map(Number) as [number, number];
    return { row, column };
  };

  if (!model.info.value) {
    const problem = model.problem.value;
    return problem ? (
      <ProblemNote problem={problem} again={() => void model.open()} />
    ) : (
      <Skeleton label={`opening ${label}`} />
    );
  }

  const chosen = stretch();
  const isChosen = (row: number, column: number) =>
    anchor.value !== null &&
    row >= chosen.from[0] &&
    row <= chosen.to[0] &&
    column >= chosen.from[1] &&
    column <= chosen.to[1];
  const seen = columns.slice(firstColumn, lastColumn);
  const before = sums[firstColumn] ?? 0;
  const boxed =
    most === undefined
      ? {}
      : { height: `${Math.min(most, Math.max(3, total)) * ROW + HEAD + 14}px` };
  const rowNumbers: number[] = [];
  for (let row = firstRow; row < lastRow; row += 1) rowNumbers.push(row);
  const { row: activeRow, column: activeColumn } = active.value;
  const isThere =
    activeColumn >= firstColumn &&
    activeColumn < lastColumn &&
    (activeRow === -1 || (activeRow >= firstRow && activeRow < lastRow));

  return (
    <div class={`grid ${most === undefined ? "fills" : ""}`}>
      <GridBar model={model} take={(form) => take(form, anchor.peek() ? stretch() : whole())}>
        {children}
      </GridBar>
      {model.problem.value && (
        <ProblemNote problem={model.problem.value} again={() => model.clear()} />
      )}
      <div
        ref={box}
        class="grid-box"
        role="grid"
        aria-label={label}
        aria-rowcount={total + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable="true"
        aria-busy={model.total.value === null}
        aria-activedescendant={
          isThere
            ? `${id}-${activeRow === -1 ? `h${activeColumn}` : `${activeRow}-${activeColumn}`}`
            : undefined
        }
        tabIndex={0}
        style={boxed}
        onScroll={measure}
        onKeyDown={keydown}
        onPointerDown={(event) => {
          const cell = event.button === 0 ? cellAt(event) : null;
          if (!cell) return;
          go(cell, event.shiftKey);
        }}
        onPointerMove={(event) => {
          if ((event.buttons & 1) === 0) return;
          const cell = cellAt(event);
          const now = active.peek();
          if (!cell || (cell.row === now.row && cell.column === now.column)) return;
          getSelection()?.removeAllRanges();
          go(cell, true);
        }}
      >
        <div
          class="grid-space"
          role="presentation"
          style={{
            width: `${gutter + (sums.at(-1) ?? 0)}px`,
            height: `${boxHeight(total) + HEAD}px`,
          }}
        >
          <div class="grid-layer" role="presentation">
            <div class="grid-head" role="row" aria-rowindex={1} style={{ height: `${HEAD}px` }}>
              <div
                class="gutter"
                role="columnheader"
                aria-colindex={1}
                style={{ width: `${gutter}px` }}
              >
                <span class="aloud">row</span>
              </div>
              <span style={{ width: `${before}px`, flex: "none" }} />
              {seen.map((column, at) => (
                <Head
                  key={column.name}
                  id={`${id}-h${firstColumn + at}`}
                  model={model}
                  column={column}
                  place={firstColumn + at}
                  width={sums[firstColumn + at + 1]! - sums[firstColumn + at]!}
                  isActive={activeRow === -1 && activeColumn === firstColumn + at}
                  open={(place) => {
                    card.value = { column: firstColumn + at, at: place };
                  }}
                  resize={(width) => {
                    drawn.value = { ...drawn.value, [column.name]: width };
                  }}
                />
              ))}
            </div>
            <div class="grid-rows" role="presentation">
              {rowNumbers.map((row) => {
                const own = model.number(row, firstColumn);
                return (
                  <div
                    key={row}
                    role="row"
                    class="grid-row"
                    aria-rowindex={row + 2}
                    style={{ transform: `translateY(${row * ROW - top}px)` }}
                  >
                    <div
                      class="gutter"
                      role="rowheader"
                      aria-colindex={1}
                      style={{ width: `${gutter}px` }}
                    >
                      {own === undefined ? "" : number(own)}
                    </div>
                    <span style={{ width: `${before}px`, flex: "none" }} />
                    {seen.map((column, at) => {
                      const place = firstColumn + at;
                      const value = model.cell(row, place);
                      const isActive = activeRow === row && activeColumn === place;
                      return (
                        <div
                          key={column.name}
                          id={`${id}-${row}-${place}`}
                          role="gridcell"
                          data-cell={`${row}:${place}`}
                          class={`grid-cell ${column.kind === "number" ? "right" : ""} ${isActive ? "active" : ""} ${isChosen(row, place) ? "chosen" : ""}`}
                          style={{ width: `${sums[place + 1]! - sums[place]!}px` }}
                          aria-colindex={place + 2}
                          aria-selected={isActive || isChosen(row, place)}
                          title={typeof value === "string" && value.length > 20 ? value : undefined}
                        >
                          <CellText
                            value={value}
                            kind={column.kind}
                            decimals={model.decimals(place)}
                          />
                        </div>
                      );
                    })}
                  </div>
                );
              })}
            </div>
          </div>
        </div>
        {total === 0 && (
          <p class="grid-none">
            {model.total.value === null
              ? "Looking …"
              : model.info.value.rows === 0
                ? "The table has no rows."
                : "No row fits."}
          </p>
        )}
      </div>
      <p class="grid-foot" role="status">
        <span>{told(model)}</span>
        {anchor.value && (
          <span>
            {count(chosen.to[0] - chosen.from[0] + 1, "row")} ×{" "}
            {count(chosen.to[1] - chosen.from[1] + 1, "column")} chosen
          </span>
        )}
        {!anchor.value && activeRow >= 0 && columns[activeColumn] && (
          <span class="cut">
            {cellWords(model.cell(activeRow, activeColumn), columns[activeColumn].name)}
          </span>
        )}
      </p>
      {card.value && columns[card.value.column] && (
        <ColumnCard
          key={card.value.column}
          model={model}
          column={columns[card.value.column]!}
          at={card.value.at}
          close={() => {
            card.value = null;
            box.current?.focus();
          }}
        />
      )}
    </div>
  );
}

function cellWords(value: CellValue | undefined, column: string): string {
  return value === undefined ? "" : `${column}: ${shown(value)}`;
}

function told(model: GridModel): string {
  const info = model.info.value;
  if (!info) return "";
  const total = model.total.value;
  const columns = count(info.columns.length, "column");
  const rows = count(info.rows, "row");
  if (total === null) return `… of ${rows}, ${columns}`;
  return total === info.rows ? `${rows}, ${columns}` : `${number(total)} of ${rows}, ${columns}`;
}

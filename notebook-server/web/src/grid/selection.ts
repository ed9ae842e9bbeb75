/** What is chosen in a grid, and how it is copied. */
import { count } from "../format/format.ts";
import { copy } from "../parts/copy.tsx";
import { tell, tellProblem } from "../state/toasts.ts";
import { type CellValue, type Form, write } from "./copy.ts";
import type { GridModel } from "./model.ts";
import type { Cell } from "./place.ts";

/** From a cell to another, both of it. */
export interface Stretch {
  from: [number, number];
  to: [number, number];
}

/** More cells aren't copied at once. */
const MOST = 200_000;

export function stretchOf(active: Cell, anchor: Cell | null): Stretch {
  const other = anchor ?? active;
  const order = (one: number, two: number): [number, number] => [
    Math.min(one, two),
    Math.max(one, two),
  ];
  const [top, bottom] = order(Math.max(0, active.row), Math.max(0, other.row));
  const [left, right] = order(active.column, other.column);
  return { from: [top, left], to: [bottom, right] };
}

/** Copies cells as text; says so, and says when they were too many. */
export async function copyCells(model: GridModel, form: Form, stretch: Stretch): Promise<void> {
  const width = stretch.to[1] - stretch.from[1] + 1;
  const most = Math.max(1, Math.floor(MOST / width));
  const wanted = stretch.to[0] - stretch.from[0] + 1;
  const last = stretch.from[0] + Math.min(wanted, most) - 1;
  try {
    const page = await model.stretch(stretch.from, [last, stretch.to[1]]);
    const heads = model.columns.peek().slice(stretch.from[1], stretch.to[1] + 1);
    const rows = page.numbers.map((_, row) => page.cells.map((cells) => cells[row] as CellValue));
    const isOne = width === 1 && wanted === 1;
    const names = isOne && form === "TSV" ? [] : heads.map((column) => column.name);
    const text = isOne && form === "TSV" ? String(rows[0]?.[0] ?? "") : write(form, names, rows);
    if (!(await copy(text, "the cells"))) return;
    const what = isOne ? "the cell" : `${count(rows.length, "row")} as ${form}`;
    const rest = rows.length < wanted ? `, the first of ${count(wanted, "row")}` : "";
    tell(`Copied ${what}${rest}`);
  } catch (error) {
    tellProblem(error);
  }
}

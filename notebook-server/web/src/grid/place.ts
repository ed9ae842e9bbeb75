/** Where things are in a grid: columns by width, rows by a scroll bar that is never too long. */

export const ROW = 26;
/** Browsers draw no taller boxes; a longer table moves more rows for a pixel of the bar. */
export const TALLEST = 8_000_000;

/** The sums of widths: where each column begins, and the whole. */
export function offsets(widths: number[]): number[] {
  const sums = [0];
  for (const width of widths) sums.push(sums[sums.length - 1]! + width);
  return sums;
}

/** The columns that are seen between two edges: the first, and the one after the last. */
export function columnsWithin(sums: number[], left: number, right: number): [number, number] {
  const count = sums.length - 1;
  const first = Math.max(0, firstAfter(sums, left) - 1);
  const last = Math.min(count, firstAfter(sums, right));
  return [Math.min(first, last), last];
}

/** The first place whose offset is beyond an edge. */
function firstAfter(sums: number[], edge: number): number {
  let [low, high] = [0, sums.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! > edge) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** How high the box of so many rows is. */
export function boxHeight(rows: number): number {
  return Math.min(rows * ROW, TALLEST);
}

/**
 * The position in the rows, in pixels, of a position of the scroll bar, and back. They are the
 * same unless the rows are more than a box can be tall.
 */
export function toRows(scroll: number, rows: number, view: number): number {
  const [whole, box] = [rows * ROW, boxHeight(rows)];
  if (whole <= box || box <= view) return scroll;
  return (scroll / (box - view)) * (whole - view);
}

export function toScroll(position: number, rows: number, view: number): number {
  const [whole, box] = [rows * ROW, boxHeight(rows)];
  if (whole <= box || box <= view) return position;
  return (position / (whole - view)) * (box - view);
}

export interface Cell {
  /** -1 is the head. */
  row: number;
  column: number;
}

/** Where a key goes from a cell; null when it means something else. */
export function next(
  key: string,
  ctrl: boolean,
  at: Cell,
  rows: number,
  columns: number,
  page: number,
): Cell | null {
  const row = (to: number) => Math.max(-1, Math.min(rows - 1, to));
  const column = (to: number) => Math.max(0, Math.min(columns - 1, to));
  switch (key) {
    case "ArrowUp":
      return { ...at, row: ctrl ? Math.min(0, rows - 1) : row(at.row - 1) };
    case "ArrowDown":
      return { ...at, row: ctrl ? rows - 1 : row(at.row + 1) };
    case "ArrowLeft":
      return { ...at, column: ctrl ? 0 : column(at.column - 1) };
    case "ArrowRight":
      return { ...at, column: ctrl ? columns - 1 : column(at.column + 1) };
    case "PageUp":
      return { ...at, row: Math.max(Math.min(0, rows - 1), at.row - page) };
    case "PageDown":
      return { ...at, row: row(Math.max(0, at.row) + page) };
    case "Home":
      return ctrl ? { row: Math.min(0, rows - 1), column: 0 } : { ...at, column: 0 };
    case "End":
      return ctrl ? { row: rows - 1, column: columns - 1 } : { ...at, column: columns - 1 };
    default:
      return null;
  }
}

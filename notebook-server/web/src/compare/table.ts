/** What a comparison's grid shows: its columns, its cells, its order. */
import type { ComparedRun, Comparison } from "../api/types.ts";

export interface Column {
  id: string;
  title: string;
  group: "run" | "parameter" | "metric";
  get: (row: ComparedRun) => unknown;
  /** Whether its value is not the same in all runs. */
  differs: boolean;
  isNumeric: boolean;
}

/** What columns are of, in their order. */
export const GROUPS = [
  { id: "run", title: "Run" },
  { id: "parameter", title: "Parameters" },
  { id: "metric", title: "Metrics" },
] as const;

export function columns(all: Comparison): Column[] {
  const column = (
    group: Column["group"],
    title: string,
    get: (row: ComparedRun) => unknown,
  ): Column => {
    const values = all.rows.map(get).filter((value) => value !== null && value !== undefined);
    const texts = new Set(all.rows.map((row) => JSON.stringify(get(row) ?? null)));
    const isNumeric = values.length > 0 && values.every((value) => typeof value === "number");
    return { id: `${group}:${title}`, title, group, get, differs: texts.size > 1, isNumeric };
  };
  return [
    column("run", "started", (row) => Date.parse(row.row.started_at)),
    column("run", "took", (row) => row.row.elapsed_ms),
    ...all.parameters.map((name) => column("parameter", name, (row) => row.row.parameters[name])),
    ...all.metrics.map((name) => column("metric", name, (row) => row.metrics[name])),
  ];
}

export interface Sorting {
  id: string;
  descending: boolean;
}

/** Numbers as numbers, the rest as text; what a run doesn't have comes last either way. */
export function sorted(rows: ComparedRun[], by: Column | undefined, descending: boolean) {
  if (!by) return rows;
  const sign = descending ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [a, b] = [by.get(one) ?? null, by.get(other) ?? null];
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    if (typeof a === "number" && typeof b === "number") return sign * (a - b);
    return sign * String(a).localeCompare(String(b), "en", { numeric: true });
  });
}

/** Where a number lies between the least and the most of its column, 0 to 1. */
export function share(rows: ComparedRun[], column: Column, row: ComparedRun): number | null {
  const value = column.get(row);
  if (!column.isNumeric || typeof value !== "number") return null;
  const all = rows.map(column.get).filter((one): one is number => typeof one === "number");
  const [least, most] = [Math.min(...all), Math.max(...all)];
  return most > least ? (value - least) / (most - least) : null;
}

/** How cells below read a table that a cell showed, so that a chart over it can be cells, too. */
import type { NewCell } from "../../charts/cells.ts";
import { withoutEnd } from "../../data/words.ts";
import { quoteName } from "../../grid/filter.ts";
import type { Language } from "../protocol/types.ts";
import { hasName } from "./shown-table.ts";

export interface ShownBy {
  language: Language;
  source: string;
  /** The names that the cell makes or reads. */
  names: ReadonlySet<string>;
  /** Whether the table is what its last expression gave. */
  isResult: boolean;
}

export interface Readable {
  /** What stands behind FROM. */
  from: string;
  /** Cells that make it first. */
  before: NewCell[];
}

/**
 * Null when nothing below can name the table.
 *
 * @param name what the output calls it
 * @param free a name that no cell has, for one that must be made
 */
export function readable(name: string, by: ShownBy, free: string): Readable | null {
  if (hasName(name)) return { from: quoteName(name), before: [] };
  if (by.language === "sql") return ofQuery(by.source);
  const last = by.isResult ? lastName(by.source) : null;
  if (last === null || !by.names.has(last)) return null;
  if (by.language === "rust") return { from: quoteName(last), before: [] };
  if (by.language !== "python") return null;
  // It was shown with the labels of its rows, which are no column of the value itself.
  const source = `${free} = ${last}.rename_axis("index").reset_index()`;
  return { from: quoteName(free), before: [{ language: "python", source }] };
}

function ofQuery(source: string): Readable | null {
  const sql = withoutEnd(source);
  // Of several statements only the last gives the rows.
  return sql.includes(";") ? null : { from: `(\n${sql}\n) AS shown`, before: [] };
}

/** The last line, when it is nothing but a name. */
function lastName(source: string): string | null {
  const lines = source.split("\n").map((line) => line.replace(/\s*(#|\/\/).*$/, "").trim());
  const last = lines.filter(Boolean).at(-1) ?? "";
  return hasName(last) ? last : null;
}

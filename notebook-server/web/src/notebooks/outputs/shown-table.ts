/** What an output's metadata says of the table that it shows the beginning of. */
import type { Bundle } from "../protocol/types.ts";

export interface ShownTable {
  /** A name of the notebook, or `table 1`, `table 2`… for what has none. */
  name: string;
  rows: number;
  columns: number;
}

/** Read with care: files come from anywhere. */
export function shownTable(metadata: Bundle): ShownTable | null {
  const ours = metadata.flownote as { table?: Partial<ShownTable> | null } | null | undefined;
  const { name, rows, columns } = ours?.table ?? {};
  if (typeof name !== "string" || name === "") return null;
  const isCount = (value: unknown): value is number => Number.isSafeInteger(value);
  return isCount(rows) && isCount(columns) ? { name, rows, columns } : null;
}

/** Whether cells can write its name. */
export function hasName(name: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name);
}

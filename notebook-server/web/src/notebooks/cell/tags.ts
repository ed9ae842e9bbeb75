/** Tags of cells, as Jupyter keeps them in their metadata. */
import type { Desk } from "../model/desk.ts";
import type { CellState } from "../protocol/book.ts";
import type { Bundle } from "../protocol/types.ts";

/** Papermill's: the cell that holds what a run may be given. */
export const PARAMETERS = "parameters";

export function tagsOf(metadata: Bundle): string[] {
  const { tags } = metadata;
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
}

/** Tags as somebody writes them: words between commas or spaces, each once. */
export function readTags(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter(Boolean))];
}

/** Makes a cell the one that holds the parameters, alone; or no longer. */
export async function toggleParameters(desk: Desk, cell: string): Promise<void> {
  const { cells } = desk.notebook.book.peek();
  const has = (one: CellState | undefined) => tagsOf(one?.metadata ?? {}).includes(PARAMETERS);
  const isOne = has(cells.get(cell));
  for (const one of cells.values()) {
    if (!has(one)) continue;
    const rest = tagsOf(one.metadata).filter((tag) => tag !== PARAMETERS);
    await desk.setTags(one.id, rest);
  }
  const own = tagsOf(cells.get(cell)?.metadata ?? {});
  if (!isOne) await desk.setTags(cell, [...own, PARAMETERS]);
}

/** When a cell runs: the entries of its menu, and its text that says so. */
import type { MenuItem } from "../../parts/menu.tsx";
import { setup } from "../editor/setup.ts";
import type { Desk } from "../model/desk.ts";
import type { CellState } from "../protocol/book.ts";
import type { Mode } from "../protocol/types.ts";
import { modeChange, OWN_MODES, ownMode } from "./mode.ts";

export function modeItems(desk: Desk, cell: CellState): MenuItem[] {
  const own = ownMode(cell.language, desk.notebook.source(cell.id));
  return OWN_MODES.map(({ mode, title }, at) => ({
    id: `mode-${mode ?? "notebook"}`,
    title,
    begins: at === 0,
    checked: mode === own,
    run: () => setOwnMode(desk, cell, mode),
  }));
}

export function setOwnMode(desk: Desk, cell: CellState, mode: Mode | null): void {
  const text = desk.notebook.text(cell.id);
  const change = text && modeChange(cell.language, text.source, mode);
  if (!change) return;
  text.change(() => setup(desk, cell.id), change);
  desk.notebook.typed();
}

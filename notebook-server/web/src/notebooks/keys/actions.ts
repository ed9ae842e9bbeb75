/** Every action of a notebook. Keys, palette, menus and help sheet are made of this one table. */
import type { Action } from "./action.ts";
import { CELL_ACTIONS } from "./cell-actions.ts";
import { NOTEBOOK_ACTIONS } from "./notebook-actions.ts";

export const ACTIONS: readonly Action[] = [...CELL_ACTIONS, ...NOTEBOOK_ACTIONS];

/** The action of that name: for menus, which name those that exist. */
export function actionOf(id: string): Action {
  const found = ACTIONS.find((one) => one.id === id);
  if (!found) throw new Error(`there is no action ${id}`);
  return found;
}

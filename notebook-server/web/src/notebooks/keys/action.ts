/** Something that can be done with an open notebook: its name, its keys, what it does. */
import type { Desk } from "../model/desk.ts";

export interface Action {
  id: string;
  group: "Run" | "Cell" | "Move" | "Edit" | "Look" | "Notebook";
  title: string;
  /** Other words by which the palette finds it. */
  also?: string;
  /** Keys while a cell, not its text, has the focus: `Shift+J`, `D D` for twice in a row. */
  command?: string[];
  /** Keys while the text has the focus. */
  edit?: string[];
  run: (desk: Desk) => unknown;
}

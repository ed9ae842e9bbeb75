/** Every action of a notebook: its name, its key, what it does. Keys, palette and help sheet
 * are made of this one table. The keys of command mode are Jupyter's. */

import { checkCode } from "../editor/check.ts";
import { goToDefinitionHere } from "../editor/definition.ts";
import { finderOf } from "../find/finder.ts";
import type { Desk } from "../model/desk.ts";

export interface Action {
  id: string;
  group: "Run" | "Cell" | "Move" | "Edit" | "Look" | "Notebook";
  title: string;
  /** Keys while a cell, not its text, has the focus: `Shift+J`, `D D` for twice in a row. */
  command?: string[];
  /** Keys while the text has the focus. */
  edit?: string[];
  run: (desk: Desk) => unknown;
}

export const ACTIONS: readonly Action[] = [
  {
    id: "run-step",
    group: "Run",
    title: "Run the cell and go to the next",
    command: ["Shift+Enter"],
    edit: ["Shift+Enter"],
    run: (desk) => desk.runAndStep(),
  },
  {
    id: "run",
    group: "Run",
    title: "Run the cell",
    command: ["Ctrl+Enter"],
    edit: ["Ctrl+Enter"],
    run: (desk) => desk.runAndStay(),
  },
  {
    id: "run-insert",
    group: "Run",
    title: "Run the cell and insert one below",
    command: ["Alt+Enter"],
    edit: ["Alt+Enter"],
    run: (desk) => desk.runAndInsert(),
  },
  { id: "run-stale", group: "Run", title: "Run what is stale", run: (desk) => desk.runStale() },
  { id: "run-all", group: "Run", title: "Run all cells", run: (desk) => desk.runAll() },
  {
    id: "run-all-anew",
    group: "Run",
    title: "Run all cells, reuse nothing",
    run: (desk) => desk.runAll(false),
  },
  { id: "run-above", group: "Run", title: "Run the cells above", run: (desk) => desk.runAbove() },
  {
    id: "run-below",
    group: "Run",
    title: "Run the cell and all below",
    run: (desk) => desk.runBelow(),
  },
  {
    id: "interrupt",
    group: "Run",
    title: "Stop what runs and what waits",
    command: ["I I"],
    run: (desk) => desk.interrupt(),
  },
  {
    id: "restart",
    group: "Run",
    title: "Restart all interpreters…",
    command: ["0 0"],
    run: (desk) => {
      desk.asking.value = "restart";
    },
  },
  {
    id: "edit",
    group: "Move",
    title: "Edit the cell's text",
    command: ["Enter"],
    run: (desk) => desk.edit(),
  },
  {
    id: "leave",
    group: "Move",
    title: "Leave the text",
    edit: ["Escape", "Ctrl+M"],
    run: (desk) => desk.leaveText(),
  },
  {
    id: "next",
    group: "Move",
    title: "Go to the next cell",
    command: ["J", "ArrowDown"],
    run: (desk) => desk.step(1),
  },
  {
    id: "previous",
    group: "Move",
    title: "Go to the cell before",
    command: ["K", "ArrowUp"],
    run: (desk) => desk.step(-1),
  },
  {
    id: "first",
    group: "Move",
    title: "Go to the first cell",
    command: ["Home", "Ctrl+Home"],
    run: (desk) => desk.edge("first"),
  },
  {
    id: "last",
    group: "Move",
    title: "Go to the last cell",
    command: ["End", "Ctrl+End"],
    run: (desk) => desk.edge("last"),
  },
  {
    id: "extend-down",
    group: "Move",
    title: "Choose the next cell, too",
    command: ["Shift+J", "Shift+ArrowDown"],
    run: (desk) => desk.extend(1),
  },
  {
    id: "extend-up",
    group: "Move",
    title: "Choose the cell before, too",
    command: ["Shift+K", "Shift+ArrowUp"],
    run: (desk) => desk.extend(-1),
  },
  {
    id: "choose-all",
    group: "Move",
    title: "Choose all cells",
    command: ["Ctrl+A"],
    run: (desk) => desk.chooseAll(),
  },
  {
    id: "insert-above",
    group: "Cell",
    title: "Insert a cell above",
    command: ["A"],
    run: (desk) => desk.insert("above"),
  },
  {
    id: "insert-below",
    group: "Cell",
    title: "Insert a cell below",
    command: ["B"],
    run: (desk) => desk.insert("below"),
  },
  {
    id: "delete",
    group: "Cell",
    title: "Delete the chosen cells",
    command: ["D D"],
    run: (desk) => desk.remove(),
  },
  {
    id: "undo",
    group: "Cell",
    title: "Take the last change of cells back",
    command: ["Z"],
    run: (desk) => desk.undo(),
  },
  {
    id: "redo",
    group: "Cell",
    title: "Do again what was taken back",
    command: ["Shift+Z"],
    run: (desk) => desk.redo(),
  },
  {
    id: "cut",
    group: "Cell",
    title: "Cut the chosen cells",
    command: ["X"],
    run: (desk) => desk.cut(),
  },
  {
    id: "copy",
    group: "Cell",
    title: "Copy the chosen cells",
    command: ["C"],
    run: (desk) => desk.copy(),
  },
  {
    id: "copy-link",
    group: "Cell",
    title: "Copy a link to the cell",
    run: (desk) => desk.copyLink(),
  },
  {
    id: "paste",
    group: "Cell",
    title: "Paste cells below",
    command: ["V"],
    run: (desk) => desk.paste("below"),
  },
  {
    id: "paste-above",
    group: "Cell",
    title: "Paste cells above",
    command: ["Shift+V"],
    run: (desk) => desk.paste("above"),
  },
  {
    id: "move-up",
    group: "Cell",
    title: "Move the cell up",
    command: ["Alt+ArrowUp", "Ctrl+Shift+ArrowUp"],
    run: (desk) => desk.move(-1),
  },
  {
    id: "move-down",
    group: "Cell",
    title: "Move the cell down",
    command: ["Alt+ArrowDown", "Ctrl+Shift+ArrowDown"],
    run: (desk) => desk.move(1),
  },
  {
    id: "merge",
    group: "Cell",
    title: "Merge the chosen cells, or the cell with the one below",
    command: ["Shift+M"],
    run: (desk) => desk.merge(),
  },
  {
    id: "split",
    group: "Cell",
    title: "Split the cell at the cursor",
    edit: ["Ctrl+Shift+-", "Ctrl+Shift+_"],
    run: (desk) => desk.split(),
  },
  {
    id: "markdown",
    group: "Cell",
    title: "Make it Markdown",
    command: ["M"],
    run: (desk) => desk.setLanguage("markdown"),
  },
  {
    id: "python",
    group: "Cell",
    title: "Make it Python",
    command: ["Y"],
    run: (desk) => desk.setLanguage("python"),
  },
  { id: "sql", group: "Cell", title: "Make it SQL", run: (desk) => desk.setLanguage("sql") },
  { id: "rust", group: "Cell", title: "Make it Rust", run: (desk) => desk.setLanguage("rust") },
  { id: "wasm", group: "Cell", title: "Make it WASM", run: (desk) => desk.setLanguage("wasm") },
  {
    id: "raw",
    group: "Cell",
    title: "Make it raw text",
    command: ["R"],
    run: (desk) => desk.setLanguage("raw"),
  },
  { id: "clear", group: "Cell", title: "Clear the cell's outputs", run: (desk) => desk.clear() },
  { id: "clear-all", group: "Cell", title: "Clear all outputs", run: (desk) => desk.clear(true) },
  {
    id: "find",
    group: "Edit",
    title: "Find and replace in all cells",
    command: ["Ctrl+F", "Ctrl+Shift+F", "F"],
    edit: ["Ctrl+Shift+F"],
    run: (desk) => finderOf(desk).open(),
  },
  {
    id: "find-here",
    group: "Edit",
    title: "Find and replace in this cell",
    edit: ["Ctrl+F"],
    run: (desk) => finderOf(desk).open(desk.chosen.peek()),
  },
  {
    id: "find-next",
    group: "Edit",
    title: "Go to the next match",
    command: ["F3", "Ctrl+G"],
    edit: ["F3", "Ctrl+G"],
    run: (desk) => finderOf(desk).step(1),
  },
  {
    id: "find-before",
    group: "Edit",
    title: "Go to the match before",
    command: ["Shift+F3", "Ctrl+Shift+G"],
    edit: ["Shift+F3", "Ctrl+Shift+G"],
    run: (desk) => finderOf(desk).step(-1),
  },
  {
    id: "definition",
    group: "Edit",
    title: "Go to the definition of the name at the cursor",
    edit: ["F12"],
    run: (desk) => goToDefinitionHere(desk),
  },
  {
    id: "check",
    group: "Look",
    title: "Check the code",
    run: (desk) => checkCode(desk),
  },
  {
    id: "fold-outputs",
    group: "Look",
    title: "Fold the cell's outputs",
    command: ["O"],
    run: (desk) => desk.fold("outputs"),
  },
  {
    id: "fold-source",
    group: "Look",
    title: "Fold the cell's text",
    command: ["Shift+O"],
    run: (desk) => desk.fold("source"),
  },
  {
    id: "line-numbers",
    group: "Look",
    title: "Line numbers",
    command: ["L", "Shift+L"],
    run: (desk) => {
      desk.lineNumbers.value = !desk.lineNumbers.peek();
    },
  },
  {
    id: "save",
    group: "Notebook",
    title: "Save now",
    command: ["Ctrl+S", "S"],
    edit: ["Ctrl+S"],
    run: (desk) => desk.save(),
  },
  {
    id: "shutdown",
    group: "Notebook",
    title: "End the session…",
    run: (desk) => {
      desk.asking.value = "shutdown";
    },
  },
  {
    id: "keys",
    group: "Notebook",
    title: "Keys",
    command: ["H", "?"],
    run: (desk) => {
      desk.asking.value = "help";
    },
  },
];

/** A key press as the table writes it: `Ctrl+Shift+ArrowUp`, `J`. */
export function keyName(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  // A sign that needs Shift is named by itself.
  const shift =
    event.shiftKey && (event.key.length > 1 || /[a-z]/i.test(event.key) || event.ctrlKey);
  return [
    event.ctrlKey || event.metaKey ? "Ctrl" : "",
    event.altKey ? "Alt" : "",
    shift ? "Shift" : "",
    key,
  ]
    .filter(Boolean)
    .join("+");
}

/** Finds the action of a key, with the one pressed just before it for those in pairs. */
export class Keys {
  private before = { key: "", at: 0 };
  private readonly single = new Map<string, Action>();
  private readonly pairs = new Map<string, Action>();

  constructor(mode: "command" | "edit") {
    for (const action of ACTIONS) {
      for (const keys of action[mode] ?? []) {
        const [first = "", second] = keys.split(" ");
        if (second) this.pairs.set(first, action);
        else this.single.set(keys, action);
      }
    }
  }

  /** The action; `"begun"` after the first of a pair; null for a key without meaning. */
  press(key: string, at: number): Action | "begun" | null {
    const isSecond = this.before.key === key && at - this.before.at < PAIR;
    const pair = this.pairs.get(key);
    this.before = pair && !isSecond ? { key, at } : { key: "", at: 0 };
    if (pair) return isSecond ? pair : "begun";
    return this.single.get(key) ?? null;
  }
}

/** Milliseconds within which a key is pressed twice. */
const PAIR = 800;

/** Keys as they are shown: `⇧ Enter` would need explaining, words don't. */
export function keyLabel(keys: string): string {
  return keys
    .replace("ArrowUp", "↑")
    .replace("ArrowDown", "↓")
    .replace(
      /(^| )([A-Z])(?=$| )/g,
      (_, before: string, letter: string) => before + letter.toLowerCase(),
    )
    .replace("Escape", "Esc")
    .replaceAll("+", " ");
}

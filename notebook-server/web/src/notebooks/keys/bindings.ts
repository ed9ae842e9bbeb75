/** From keys to actions, and how keys are written. */
import type { Action } from "./action.ts";
import { ACTIONS } from "./actions.ts";

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

/** Finding and replacing over all cells of one open notebook, those out of sight included. */
import { batch, computed, effect, signal } from "@preact/signals";
import { count } from "../../format/format.ts";
import { tell, tellUndoable } from "../../state/toasts.ts";
import { setup } from "../editor/setup.ts";
import type { Desk } from "../model/desk.ts";
import { replacement, textOf } from "../text/cell-text.ts";
import { expression, findAll, type Match, matchFrom, type Query, replacements } from "./search.ts";

const NONE: readonly Match[] = [];

export class Finder {
  readonly isOpen = signal(false);
  readonly query = signal<Query>({ text: "", isCase: false, isWord: false, isRegexp: false });
  readonly by = signal("");
  /** Only in these cells; null for all. */
  readonly scope = signal<readonly string[] | null>(null);
  /** The match that is shown: its cell, and where it began when it was gone to. */
  readonly at = signal<{ cell: string; from: number } | null>(null);
  /** Counts how often the line to type in is asked for. */
  readonly asked = signal(0);

  constructor(private readonly desk: Desk) {
    // What is marked in the editors goes and comes with the search.
    effect(() => {
      if (!this.isOpen.value) this.at.value = null;
    });
  }

  private readonly wanted = computed(() => expression(this.query.value));

  /** What is wrong with the expression. */
  readonly wrong = computed(() =>
    typeof this.wanted.value === "string" ? this.wanted.value : null,
  );

  readonly matches = computed((): readonly Match[] => {
    const wanted = this.wanted.value;
    if (!this.isOpen.value || !(wanted instanceof RegExp)) return NONE;
    const { notebook } = this.desk;
    notebook.textChanges.value;
    const scope = this.scope.value;
    const cells = this.desk.order.value.filter((id) => !scope || scope.includes(id));
    return findAll(
      cells.map((cell) => ({ cell, text: notebook.source(cell) })),
      wanted,
    );
  });

  private readonly byCell = computed(() => {
    const found = new Map<string, Match[]>();
    for (const match of this.matches.value) {
      const own = found.get(match.cell);
      if (own) own.push(match);
      else found.set(match.cell, [match]);
    }
    return found;
  });

  inCell(cell: string): readonly Match[] {
    return this.byCell.value.get(cell) ?? NONE;
  }

  /** Which of the matches is shown; -1 for none. */
  readonly index = computed(() => {
    const at = this.at.value;
    if (!at) return -1;
    return this.matches.value.findIndex((one) => one.cell === at.cell && one.from === at.from);
  });

  readonly current = computed((): Match | null => this.matches.value[this.index.value] ?? null);

  /** Opens the bar, with the chosen text as what is looked for. */
  open(within: readonly string[] | null = null): void {
    const state = this.desk.notebook.text(this.desk.focused.peek() ?? "")?.state;
    const chosen = this.desk.editing.peek() && state ? state.selection.main : null;
    const text = chosen ? state?.sliceDoc(chosen.from, chosen.to) : "";
    batch(() => {
      this.isOpen.value = true;
      this.scope.value = within;
      if (text && !text.includes("\n")) this.look({ text });
      this.asked.value += 1;
    });
  }

  /** Closes the bar and goes to what was found last. */
  close(): void {
    const match = this.current.peek();
    const { desk } = this;
    this.isOpen.value = false;
    if (!match) {
      desk.leaveText();
      return;
    }
    desk.goTo(match.cell, true, { from: match.from, to: match.to });
  }

  /** Looks for something else; what is nearest below the focus is shown. */
  look(changes: Partial<Query>): void {
    batch(() => {
      this.query.value = { ...this.query.peek(), ...changes };
      const from = this.at.peek() ?? { cell: this.desk.focused.peek() ?? "", from: 0 };
      this.show(this.nearest(from.cell, from.from));
    });
  }

  private nearest(cell: string, from: number): Match | undefined {
    const matches = this.matches.peek();
    return matches[matchFrom(matches, this.desk.positions.peek(), cell, from)];
  }

  private show(match: Match | undefined): void {
    this.at.value = match ? { cell: match.cell, from: match.from } : null;
  }

  step(by: 1 | -1): void {
    const matches = this.matches.peek();
    const { length } = matches;
    if (length === 0) return;
    const here = this.index.peek();
    if (here >= 0) {
      this.show(matches[(here + by + length) % length]);
      return;
    }
    const at = this.at.peek() ?? { cell: this.desk.focused.peek() ?? "", from: 0 };
    this.show(this.nearest(at.cell, at.from));
  }

  /** Replaces what is shown and goes to the next. */
  replace(): void {
    const match = this.current.peek();
    if (!match) {
      this.step(1);
      return;
    }
    const done = this.change(match.cell, match.from);
    // What took its place is not found again at once.
    this.show(this.nearest(match.cell, match.from + done.length));
  }

  /** Replaces all; in each cell Ctrl+Z takes it back in one step, and the message in all. */
  replaceAll(): void {
    const { notebook } = this.desk;
    const cells = [...this.byCell.peek().keys()];
    let places = 0;
    const changed = cells.map((cell) => {
      const before = notebook.source(cell);
      places += this.change(cell).places;
      return { cell, before, after: notebook.source(cell) };
    });
    if (places === 0) return;
    tellUndoable(`${count(places, "place")} in ${count(cells.length, "cell")} replaced`, () =>
      this.takeBack(changed),
    );
  }

  /** Gives cells their text again, but for those that were edited since. */
  private takeBack(changed: readonly { cell: string; before: string; after: string }[]): void {
    const { notebook } = this.desk;
    const same = changed.filter(({ cell, after }) => notebook.source(cell) === after);
    for (const { cell, before } of same) {
      const text = notebook.text(cell);
      text?.change(() => setup(this.desk, cell), replacement(text.doc, textOf(before)));
    }
    notebook.typed();
    const edited = changed.length - same.length;
    if (edited > 0) tell(`${count(edited, "cell")} edited since: left as they are`);
  }

  private change(cell: string, only?: number): { places: number; length: number } {
    const wanted = this.wanted.peek();
    const { notebook } = this.desk;
    const text = notebook.text(cell);
    if (!(wanted instanceof RegExp) || !text) return { places: 0, length: 0 };
    const { isRegexp } = this.query.peek();
    const changes = replacements(text.source, wanted, this.by.peek(), isRegexp, only);
    if (changes.length === 0) return { places: 0, length: 0 };
    text.change(() => setup(this.desk, cell), changes);
    notebook.typed();
    return { places: changes.length, length: changes[0]?.insert.length ?? 0 };
  }
}

const finders = new WeakMap<Desk, Finder>();

export function finderOf(desk: Desk): Finder {
  const found = finders.get(desk) ?? new Finder(desk);
  finders.set(desk, found);
  return found;
}

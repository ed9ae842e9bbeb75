/** Where one person is in a notebook: which cell has the focus, which are chosen, what is near. */
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import { tell } from "../../state/toasts.ts";
import { isCode } from "../protocol/book.ts";
import type { CellStatus, Language } from "../protocol/types.ts";
import { Notebook } from "./notebook.ts";
import { sameList, sameMap, settled, steady } from "./steady.ts";

/** Where the focus is to go once the cell is there. */
export interface Wanted {
  cell: string;
  edit: boolean;
  /** Where in the text: an edge, the beginning of a line (from 1), or a range to choose. */
  at?: "start" | "end" | number | { from: number; to: number };
}

/** Milliseconds after which a state is worth asking the server about. */
const MOMENT = 250;

export class Focus {
  readonly notebook: Notebook;
  /** The cell that has the focus, or had it last. */
  readonly focused = signal<string | null>(null);
  /** Whether the focus is in its text. */
  readonly editing = signal(false);
  /** The other end of the chosen cells, when more than one is. */
  readonly anchor = signal<string | null>(null);
  readonly wanted = signal<Wanted | null>(null);
  /** Markdown cells that are open as text. */
  readonly opened = signal<ReadonlySet<string>>(new Set());

  constructor(path: string) {
    this.notebook = new Notebook(path);
    this.pauses = settled(() => this.notebook.of("isIdle"), MOMENT);
    const stop = this.notebook.book.subscribe(({ isOpen }) => {
      if (!isOpen) return;
      queueMicrotask(() => stop());
      this.beginNew();
    });
  }

  /** Whoever made a notebook types next. */
  private beginNew(): void {
    const { order, cells } = this.notebook.book.peek();
    const [only, ...more] = order;
    if (only === undefined || more.length > 0 || this.notebook.source(only) !== "") return;
    if (isCode(cells.get(only)?.language ?? "raw")) this.goTo(only, true);
  }

  readonly order = computed(() => this.notebook.of("order"));

  readonly positions = computed(() => {
    const found = new Map<string, number>();
    this.order.value.forEach((id, at) => {
      found.set(id, at);
    });
    return found;
  });

  /** Changes with the cells' order and languages and with what is known of their names. */
  readonly definitions = computed(() => this.notebook.of("definitions"));

  /** The number that messages call a code cell by: `cell 3`. */
  readonly numbers = steady(() => {
    const { order, cells } = this.notebook.book.value;
    const found = new Map<string, number>();
    for (const id of order) {
      if (isCode(cells.get(id)?.language ?? "raw")) found.set(id, found.size + 1);
    }
    return found;
  }, sameMap);

  private cellsThatAre(status: CellStatus["status"]): string[] {
    const { order, cells } = this.notebook.book.value;
    return order.filter((id) => {
      const cell = cells.get(id);
      return cell?.status.status === status && isCode(cell.language);
    });
  }

  readonly stale = steady(() => this.cellsThatAre("stale"), sameList);

  readonly failed = steady(() => this.cellsThatAre("failed"), sameList);

  /** The cell that waits for a line. */
  readonly waiting = computed((): string | null => {
    const { order, cells } = this.notebook.book.value;
    return order.find((id) => cells.get(id)?.input) ?? null;
  });

  /** Counts how often cells began to run or ended, once it stays so. */
  readonly pauses: ReadonlySignal<number>;

  /** The chosen cells, from top to bottom; at least the one with the focus. */
  readonly chosen = computed((): string[] => {
    const focused = this.focused.value;
    if (!focused) return [];
    const places = this.positions.value;
    const from = places.get(this.anchor.value ?? focused) ?? places.get(focused);
    const to = places.get(focused);
    if (from === undefined || to === undefined) return [];
    return this.order.value.slice(Math.min(from, to), Math.max(from, to) + 1);
  });

  protected language(id: string): Language {
    return this.notebook.book.peek().cells.get(id)?.language ?? "python";
  }

  protected place(id: string): number {
    return this.positions.peek().get(id) ?? 0;
  }

  /** The focus came to a cell, by whichever way. */
  entered(cell: string, editing: boolean): void {
    batch(() => {
      if (this.focused.peek() !== cell) {
        this.focused.value = cell;
        if (!this.extending) this.anchor.value = null;
        this.notebook.focus(cell);
      }
      this.editing.value = editing;
      if (editing) this.anchor.value = null;
    });
  }

  private extending = false;

  goTo(cell: string, edit = false, at?: Wanted["at"]): void {
    batch(() => {
      if (edit && !isCode(this.language(cell))) this.openText(cell);
      if (this.focused.peek() !== cell && !this.extending) this.anchor.value = null;
      this.focused.value = cell;
      this.editing.value = edit;
      this.wanted.value = at === undefined ? { cell, edit } : { cell, edit, at };
    });
  }

  step(by: number, edit = false, at?: Wanted["at"]): boolean {
    const order = this.order.peek();
    const next = order[this.place(this.focused.peek() ?? "") + by];
    if (next) this.goTo(next, edit, at);
    return next !== undefined;
  }

  /** Goes to the next cell that stands so, from the one with the focus on, and round. */
  goToNext(status: CellStatus["status"]): void {
    const order = this.order.peek();
    const { cells } = this.notebook.book.peek();
    const from = this.place(this.focused.peek() ?? "") + 1;
    const around = [...order.slice(from), ...order.slice(0, from)];
    const next = around.find((id) => cells.get(id)?.status.status === status);
    if (next) this.goTo(next);
    else tell(`No cell is ${status}`);
  }

  edge(which: "first" | "last"): void {
    const id = which === "first" ? this.order.peek()[0] : this.order.peek().at(-1);
    if (id) this.goTo(id);
  }

  /** Chooses one cell more in a direction. */
  extend(by: number): void {
    const focused = this.focused.peek();
    if (!focused) return;
    this.extending = true;
    this.anchor.value ??= focused;
    this.step(by);
    // The focus event comes once the page is painted.
    setTimeout(() => {
      this.extending = false;
    }, 50);
  }

  chooseAll(): void {
    const order = this.order.peek();
    if (order.length > 0)
      this.anchor.value = order.at(-1) === this.focused.peek() ? order[0]! : order.at(-1)!;
  }

  edit(at?: Wanted["at"]): void {
    const cell = this.focused.peek();
    if (cell) this.goTo(cell, true, at);
  }

  leaveText(): void {
    const cell = this.focused.peek();
    if (cell) this.goTo(cell, false);
  }

  openText(cell: string): void {
    this.opened.value = new Set(this.opened.peek()).add(cell);
  }

  closeText(cell: string): void {
    const rest = new Set(this.opened.peek());
    if (rest.delete(cell)) this.opened.value = rest;
  }
}

/** What one person does with a notebook: the actions that keys, menus and the palette share. */
import { signal } from "@preact/signals";
import { copy } from "../../parts/copy.tsx";
import { href, to } from "../../router.ts";
import { tell, tellProblem } from "../../state/toasts.ts";
import { withAnswer } from "../keys/hold.ts";
import { Sandbox } from "../outputs/sandbox/sandbox.ts";
import { isCode } from "../protocol/book.ts";
import type { Bundle, Cell, Language, Mode, Operation, RunRequest } from "../protocol/types.ts";
import { Focus } from "./focus.ts";
import type { Notebook } from "./notebook.ts";
import { numbered } from "./numbered.ts";

/** What is asked in a dialog just now. */
export type Question =
  | "restart"
  | "restart-run-all"
  | "shutdown"
  | "trust"
  | "rename"
  | "tags"
  | "flow"
  | "help";

export class Desk extends Focus {
  readonly lineNumbers = signal(false);
  readonly asking = signal<Question | null>(null);
  private clipboard: Cell[] = [];

  /** Where outputs run scripts. */
  readonly sandbox = new Sandbox(this.notebook);

  // --- Changing the document --------------------------------------------------------

  private async change(operation: Operation): Promise<boolean> {
    try {
      await this.notebook.operate(operation);
      return true;
    } catch (error) {
      tellProblem(numbered(error, this.numbers.peek()));
      return false;
    }
  }

  async insert(where: "above" | "below", edit = false, language?: Language): Promise<void> {
    const focused = this.focused.peek();
    const at = focused ? this.place(focused) + (where === "below" ? 1 : 0) : 0;
    await this.insertAt(at, language, edit);
  }

  async insertAt(at: number, language?: Language, edit = true): Promise<void> {
    const near = this.order.peek()[Math.max(0, at - 1)];
    const like = near ? this.language(near) : "python";
    const chosen = language ?? (isCode(like) ? like : "python");
    const cell: Cell = { id: newId(), language: chosen, source: "" };
    if (await this.change({ op: "insert", cell, at })) this.goTo(cell.id, edit);
  }

  /** Inserts cells below another, and runs them. */
  async insertAndRun(
    below: string,
    wanted: readonly { language: Language; source: string }[],
  ): Promise<void> {
    const made: string[] = [];
    for (const { language, source } of wanted) {
      const cell: Cell = { id: newId(), language, source };
      const at = this.place(made.at(-1) ?? below) + 1;
      if (!(await this.change({ op: "insert", cell, at }))) return;
      made.push(cell.id);
    }
    const last = made.at(-1);
    if (!last) return;
    this.goTo(last);
    await this.start({ run: "cells", cells: made });
  }

  async remove(): Promise<void> {
    const chosen = this.chosen.peek();
    const order = this.order.peek();
    const last = this.place(chosen.at(-1) ?? "");
    const next = order[last + 1] ?? order[this.place(chosen[0] ?? "") - 1];
    const focused = this.focused.peek();
    // At once: a key that is pressed while the cells go is meant for what is left.
    if (next) this.goTo(next);
    for (const cell of chosen) {
      if (await this.change({ op: "delete", cell })) continue;
      if (focused && this.order.peek().includes(focused)) this.goTo(focused);
      return;
    }
    if (!next) this.focused.value = null;
    const what = chosen.length === 1 ? "Cell deleted" : `${chosen.length} cells deleted`;
    tell(`${what}: z brings it back`);
  }

  async move(by: -1 | 1): Promise<void> {
    const cell = this.focused.peek();
    if (cell) await this.moveTo(cell, this.place(cell) + by);
  }

  async moveTo(cell: string, to: number): Promise<void> {
    if (to < 0 || to >= this.order.peek().length || to === this.place(cell)) return;
    if (await this.change({ op: "move", cell, to })) this.goTo(cell);
  }

  async split(): Promise<void> {
    const cell = this.focused.peek();
    const state = cell ? this.notebook.text(cell)?.state : null;
    if (!cell || !state) return;
    const into = newId();
    const at = state.selection.main.head;
    if (await this.change({ op: "split", cell, at, into })) this.goTo(into, true, "start");
  }

  async merge(): Promise<void> {
    const chosen = this.chosen.peek();
    const order = this.order.peek();
    const below = order[this.place(chosen.at(-1) ?? "") + 1];
    const cells = chosen.length > 1 ? chosen : [...chosen, ...(below ? [below] : [])];
    if (cells.length < 2) return;
    if (await this.change({ op: "merge", cells })) this.goTo(cells[0]!);
  }

  async setLanguage(language: Language, cells = this.chosen.peek()): Promise<void> {
    for (const cell of cells) {
      if (this.language(cell) === language) continue;
      const edit = this.editing.peek();
      if (!(await this.change({ op: "language", cell, language }))) return;
      if (!isCode(language)) this.openText(cell);
      if (cell === this.focused.peek()) this.goTo(cell, edit);
    }
  }

  /** A cell's tags, in its metadata as Jupyter has them. */
  async setTags(cell: string, tags: readonly string[]): Promise<void> {
    const value = tags.length > 0 ? { value: [...tags] } : {};
    await this.change({ op: "metadata", cell, key: "tags", ...value });
  }

  async setMode(mode: Mode): Promise<void> {
    await this.change({ op: "mode", mode });
  }

  async clear(all = false): Promise<void> {
    if (all) await this.change({ op: "clear" });
    else for (const cell of this.chosen.peek()) await this.change({ op: "clear", cell });
  }

  /** Typing is taken back in the editor. */
  async undo(): Promise<void> {
    await this.change({ op: "undo_cells" });
  }

  async redo(): Promise<void> {
    await this.change({ op: "redo" });
  }

  copy(): void {
    const { cells } = this.notebook.book.peek();
    this.clipboard = this.chosen.peek().flatMap((id) => {
      const cell = cells.get(id);
      if (!cell) return [];
      const { language, metadata } = cell;
      return [{ id, language, metadata, source: this.notebook.source(id) }];
    });
    tell(this.clipboard.length === 1 ? "Cell copied" : `${this.clipboard.length} cells copied`);
  }

  /** Copies an address that opens the notebook at this cell. */
  async copyLink(): Promise<void> {
    const cell = this.focused.peek();
    if (!cell) return;
    const place = href(to("notebooks", ...this.notebook.path.split("/")));
    const address = `${location.origin}${place}?cell=${encodeURIComponent(cell)}`;
    if (await copy(address, "the address")) tell("Copied a link to the cell");
  }

  async cut(): Promise<void> {
    this.copy();
    await this.remove();
  }

  async paste(where: "above" | "below"): Promise<void> {
    const focused = this.chosen.peek().at(where === "below" ? -1 : 0);
    let at = focused ? this.place(focused) + (where === "below" ? 1 : 0) : 0;
    let last: string | null = null;
    for (const copied of this.clipboard) {
      const cell = { ...copied, id: newId() };
      if (!(await this.change({ op: "insert", cell, at }))) return;
      last = cell.id;
      at += 1;
    }
    if (last) this.goTo(last);
  }

  /** Folds a cell's text or outputs away; the file says so as Jupyter does. */
  fold(what: "source" | "outputs"): Promise<void> {
    // One after the other: each writes what both say, and must know of the one before.
    this.folding = this.folding.then(() => this.foldNow(what));
    return this.folding;
  }

  private folding = Promise.resolve();

  private async foldNow(what: "source" | "outputs"): Promise<void> {
    const key = `${what}_hidden`;
    for (const cell of this.chosen.peek()) {
      const metadata = this.notebook.book.peek().cells.get(cell)?.metadata ?? {};
      const jupyter = { ...(metadata.jupyter as Bundle | undefined) };
      if (jupyter[key]) delete jupyter[key];
      else jupyter[key] = true;
      await this.change({ op: "metadata", cell, key: "jupyter", value: jupyter });
    }
  }

  async save(): Promise<void> {
    await this.notebook.save();
  }

  // --- Running ----------------------------------------------------------------------

  private async start(run: RunRequest): Promise<void> {
    try {
      await this.notebook.run(run);
    } catch (error) {
      tellProblem(error);
    }
  }

  /** Runs the chosen cells: code is executed, Markdown is shown as text again. */
  async run(): Promise<void> {
    const chosen = this.chosen.peek();
    const code = chosen.filter((id) => isCode(this.language(id)));
    for (const id of chosen) if (!code.includes(id)) this.closeText(id);
    if (code.length > 0) await this.start({ run: "cells", cells: code });
  }

  async runOnly(cell: string): Promise<void> {
    await this.start({ run: "cells", cells: [cell] });
  }

  /** Runs and goes to the next cell, which is made if there is none. */
  async runAndStep(): Promise<void> {
    const last = this.chosen.peek().at(-1);
    if (!last) return;
    const running = this.run();
    withAnswer(running, () => {
      const next = this.order.peek()[this.place(last) + 1];
      if (next) this.goTo(next);
      else void this.insertAt(this.order.peek().length);
    });
    await running;
  }

  async runAndStay(): Promise<void> {
    const running = this.run();
    if (this.editing.peek()) withAnswer(running, () => this.leaveText());
    await running;
  }

  async runAndInsert(): Promise<void> {
    const last = this.chosen.peek().at(-1);
    const running = this.run();
    if (last) await this.insertAt(this.place(last) + 1);
    await running;
  }

  runAbove(): Promise<void> {
    const cell = this.focused.peek();
    return cell ? this.start({ run: "above", cell }) : Promise.resolve();
  }

  runBelow(): Promise<void> {
    const cell = this.focused.peek();
    return cell ? this.start({ run: "below", cell }) : Promise.resolve();
  }

  runStale(): Promise<void> {
    return this.start({ run: "stale" });
  }

  runAll(reuse = true): Promise<void> {
    return this.start({ run: "all", reuse });
  }

  async interrupt(): Promise<void> {
    await this.command({ request: "interrupt" });
  }

  /** Lets a cell that waits not run after all. */
  async cancel(cell: string): Promise<void> {
    await this.command({ request: "cancel", cell });
  }

  async kill(language: Language): Promise<void> {
    await this.command({ request: "kill", language });
  }

  async restart(language: Language): Promise<void> {
    await this.command({ request: "restart", language });
  }

  /** Begins every interpreter anew that is there. */
  async restartAll(): Promise<void> {
    const { interpreters } = this.notebook.book.peek();
    for (const one of interpreters.values()) {
      if (one.state !== "ended") await this.restart(one.language);
    }
  }

  /** From the beginning, as in a new process: nothing is reused. */
  async restartAndRunAll(): Promise<void> {
    await this.restartAll();
    await this.runAll(false);
  }

  async shutdown(): Promise<void> {
    await this.command({ request: "shutdown" });
  }

  async answer(text: string): Promise<void> {
    await this.command({ request: "input", text });
  }

  private async command(request: Parameters<Notebook["ask"]>[0]): Promise<void> {
    try {
      await this.notebook.ask(request);
    } catch (error) {
      tellProblem(error);
    }
  }
}

/** Eight hexadecimal digits, as the server's own ids have. */
export function newId(): string {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
  return number.toString(16).padStart(8, "0");
}

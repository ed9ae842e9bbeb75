/**
 * From frames to state: a pure function, so that a test needs no server.
 *
 * Texts are not part of the state: they are edited by several people at once and live in
 * `text/`. What a frame means for them is told to `Texts`.
 */
import { type Book, type CellState, isCode } from "./book.ts";
import { add, isShown, shownOutputs, update } from "./outputs.ts";
import type {
  Bundle,
  Cell,
  CellLinks,
  CellStatus,
  Document,
  Edited,
  Hello,
  Interpreter,
  Language,
  NotebookEvent,
  Operation,
  Output,
  ServerFrame,
  SessionNow,
} from "./types.ts";

/** What frames say about cells' texts. */
export interface Texts {
  /** A cell's text as the server has it; edits under way are kept on top. */
  set(cell: string, source: string, version: number): void;
  /** The same, when changes can't tell it: what was typed may be what could not be taken. */
  resync(cell: string, source: string, version: number): void;
  edited(edited: Edited): void;
  drop(cell: string): void;
}

/** The state after these frames. `now` is the page's clock. */
export function reduce(
  book: Book,
  frames: readonly ServerFrame[],
  texts: Texts,
  now: number,
): Book {
  const draft = new Draft(book, texts, now);
  for (const frame of frames) draft.frame(frame);
  return draft.book;
}

/** A state in the making: maps are copied once for all frames of a turn. */
class Draft {
  book: Book;
  private cells: Map<string, CellState> | null = null;

  constructor(
    book: Book,
    private readonly texts: Texts,
    private readonly now: number,
  ) {
    this.book = book;
  }

  frame(frame: ServerFrame): void {
    if ("hello" in frame) this.hello(frame.hello);
    else if ("event" in frame) this.numbered(frame.event);
    else if ("edited" in frame) this.texts.edited(frame.edited);
    else if ("resync" in frame) {
      const { cell, source, version } = frame.resync;
      this.texts.resync(cell, source, version);
    } else if ("session" in frame) this.session(frame.session);
    else if ("names" in frame) this.names(frame.names.cells);
    else if ("people" in frame) this.set({ people: frame.people });
    else if ("trusted" in frame) this.set({ trusted: new Set(frame.trusted) });
    else if ("saved" in frame) {
      const { at, problem, saved } = frame.saved;
      this.set({ saving: { isSaved: saved, at, problem } });
    }
  }

  private names(cells: Record<string, CellLinks>): void {
    for (const [id, links] of Object.entries(cells)) this.cell(id, { links });
    this.set({ definitions: this.book.definitions + 1 });
  }

  private set(changes: Partial<Book>): void {
    this.book = { ...this.book, ...changes };
  }

  private cell(id: string | null | undefined, changes: Partial<CellState>): void {
    if (!id) return;
    const cell = this.book.cells.get(id);
    if (!cell) return;
    this.mutable().set(id, { ...cell, ...changes });
  }

  private mutable(): Map<string, CellState> {
    if (!this.cells || this.book.cells !== this.cells) {
      this.cells = new Map(this.book.cells);
      this.set({ cells: this.cells });
    }
    return this.cells;
  }

  private hello(hello: Hello): void {
    const before = this.book;
    this.document(hello.document, hello.statuses, hello.versions, hello.elapsed_ms);
    this.names(hello.names);
    this.set({
      isOpen: true,
      client: hello.client,
      path: hello.path,
      people: hello.people,
      saving: { ...before.saving, isSaved: hello.saved },
      trusted: new Set(hello.trusted_cells),
      next: hello.next,
    });
    this.session(hello);
  }

  /** What runs; the cells are as they were. */
  private session({ session, interpreters, idle, asking }: SessionNow): void {
    this.set({
      session,
      interpreters: new Map(interpreters.map((one) => [one.language, one])),
      isIdle: idle,
      killOffer: null,
      isOver: false,
    });
    if (asking) {
      const { prompt, password } = asking;
      this.cell(asking.cell ?? this.running(), { input: { prompt, password } });
    }
  }

  /** The whole document anew; what is known of cells beside it is kept. */
  private document(
    document: Document,
    statuses: Record<string, CellStatus>,
    versions: Record<string, number>,
    elapsed: Record<string, number>,
  ): void {
    const before = this.book.cells;
    const cells = new Map<string, CellState>();
    for (const cell of document.cells) {
      const status = statuses[cell.id] ?? { status: "never_run" as const };
      const old = before.get(cell.id);
      const isRunning = status.status === "running";
      // What is drawn already isn't drawn anew.
      const stands = old && isShown(old.outputs, cell.outputs ?? []);
      cells.set(cell.id, {
        ...stateOf(cell),
        ...(stands ? { outputs: old.outputs } : {}),
        status,
        links: old?.links ?? null,
        elapsedMs: isRunning ? null : (elapsed[cell.id] ?? old?.elapsedMs ?? null),
        startedAt: isRunning ? this.began(elapsed[cell.id], old) : null,
        input: isRunning ? (old?.input ?? null) : null,
      });
      this.texts.set(cell.id, cell.source ?? "", versions[cell.id] ?? 0);
    }
    for (const id of before.keys()) if (!cells.has(id)) this.texts.drop(id);
    this.set({
      cells,
      order: document.cells.map((cell) => cell.id),
      mode: document.mode ?? "lazy",
      definitions: this.book.definitions + 1,
      metadata: document.metadata ?? {},
    });
  }

  /** When a cell began by this page's clock: the server's may be another. */
  private began(elapsed: number | undefined, old: CellState | undefined): number {
    return elapsed === undefined ? (old?.startedAt ?? this.now) : this.now - elapsed;
  }

  private numbered(event: NotebookEvent & { seq: number }): void {
    // A snapshot already has what came before it.
    if (event.seq < this.book.next) return;
    this.set({ next: event.seq + 1 });
    this.event(event);
  }

  private event(event: NotebookEvent): void {
    switch (event.event) {
      case "status":
        this.status(event.cell, event.status);
        break;
      case "started":
        this.cell(event.cell, {
          outputs: [],
          clearsAtNext: false,
          count: event.count,
          startedAt: this.now,
          elapsedMs: null,
          input: null,
          refused: null,
        });
        this.trust(event.cell);
        break;
      case "finished":
        this.cell(event.cell, {
          elapsedMs: event.elapsed_ms,
          startedAt: null,
          input: null,
        });
        this.set({ killOffer: null });
        break;
      case "outputs":
        this.cell(event.cell, { outputs: shownOutputs(event.outputs), clearsAtNext: false });
        this.trust(event.cell);
        break;
      case "output":
        this.output(event.cell ?? null, event.output);
        break;
      case "input_request": {
        const { prompt, password } = event;
        this.cell(event.cell ?? this.running(), { input: { prompt, password } });
        break;
      }
      case "input_answered":
        this.cell(event.cell ?? this.running(), { input: null });
        break;
      case "changed":
        this.applied(event.applied);
        this.set({ definitions: this.book.definitions + 1 });
        break;
      case "reloaded":
        this.document(event.document, {}, {}, {});
        break;
      case "refused":
        this.cell(event.cell, { refused: event.trouble });
        break;
      case "interpreter":
        this.interpreter(event);
        break;
      case "kill_offer":
        this.set({ killOffer: event.language });
        break;
      case "restart_offer":
        this.set({ restartOffer: event });
        break;
      case "restored":
        this.cell(event.cell, { refused: null, elapsedMs: null });
        break;
      case "busy":
        this.set({ isIdle: false });
        break;
      case "idle":
        this.set({ isIdle: true, killOffer: null });
        break;
      case "ended":
        this.set({ isOver: true, isIdle: true, interpreters: new Map() });
        break;
      case "comm":
      case "log":
        break;
    }
  }

  /** What a cell shows from now on was made here. */
  private trust(id: string): void {
    const { trusted } = this.book;
    if (!trusted.has(id)) this.set({ trusted: new Set(trusted).add(id) });
  }

  private status(id: string, status: CellStatus): void {
    const cell = this.book.cells.get(id);
    if (!cell) return;
    const begins = status.status === "running" && cell.startedAt === null;
    const runs = status.status === "running";
    this.cell(id, {
      status,
      startedAt: begins ? this.now : runs ? cell.startedAt : null,
      input: runs ? cell.input : null,
      ...(status.status === "queued" ? { refused: null } : {}),
    });
  }

  private running(): string | null {
    for (const cell of this.book.cells.values()) {
      if (cell.status.status === "running") return cell.id;
    }
    return null;
  }

  private output(id: string | null, output: Output): void {
    if (output.kind === "update") {
      const { display_id, data, metadata = {} } = output;
      for (const cell of this.book.cells.values()) {
        const outputs = update(cell.outputs, display_id, data, metadata);
        if (outputs !== cell.outputs) this.cell(cell.id, { outputs });
      }
      return;
    }
    const cell = id ? this.book.cells.get(id) : undefined;
    if (!cell) return;
    if (output.kind === "clear" && output.wait) {
      this.cell(cell.id, { clearsAtNext: true });
      return;
    }
    const before = cell.clearsAtNext ? [] : cell.outputs;
    this.cell(cell.id, { outputs: add(before, output), clearsAtNext: false });
  }

  private interpreter(event: Interpreter): void {
    const interpreters = new Map<Language, Interpreter>(this.book.interpreters);
    interpreters.set(event.language, event);
    const offer = this.book.restartOffer;
    const isAnew = event.state === "starting" && offer?.language === event.language;
    this.set({ interpreters, ...(isAnew ? { restartOffer: null } : {}) });
  }

  /** An operation that the server applied to its document. */
  private applied(operation: Operation): void {
    const { order } = this.book;
    switch (operation.op) {
      case "insert": {
        const { cell, at } = operation;
        this.insert(cell);
        this.set({ order: [...order.slice(0, at), cell.id, ...order.slice(at)] });
        break;
      }
      case "delete":
        this.remove(operation.cell);
        this.set({ order: order.filter((id) => id !== operation.cell) });
        break;
      case "move": {
        const rest = order.filter((id) => id !== operation.cell);
        this.set({
          order: [...rest.slice(0, operation.to), operation.cell, ...rest.slice(operation.to)],
        });
        break;
      }
      case "replace": {
        const gone = new Set(operation.cells);
        const at = Math.max(
          0,
          order.findIndex((id) => gone.has(id)),
        );
        const rest = order.filter((id) => !gone.has(id));
        const fresh = operation.with.map((cell) => cell.id);
        for (const id of gone) if (!fresh.includes(id)) this.remove(id);
        for (const cell of operation.with) this.insert(cell);
        this.set({ order: [...rest.slice(0, at), ...fresh, ...rest.slice(at)] });
        break;
      }
      case "language": {
        const gone = isCode(operation.language) ? {} : { outputs: [], count: null };
        this.cell(operation.cell, { language: operation.language, foreign: null, ...gone });
        break;
      }
      case "mode":
        this.set({ mode: operation.mode });
        break;
      case "metadata": {
        const { cell, key, value } = operation;
        const before = cell ? this.book.cells.get(cell)?.metadata : this.book.metadata;
        const metadata: Bundle = { ...before };
        if (value !== undefined) metadata[key] = value;
        else delete metadata[key];
        if (cell) this.cell(cell, { metadata });
        else this.set({ metadata });
        break;
      }
      case "clear":
        for (const id of operation.cell ? [operation.cell] : order) {
          this.cell(id, { outputs: [], count: null, elapsedMs: null });
        }
        break;
      case "restore":
        for (const { cell, outputs = [], execution_count = null } of operation.cells) {
          this.cell(cell, { outputs: shownOutputs(outputs), count: execution_count });
        }
        break;
      // Texts change by `edited` and `resync`; the others are applied as what they do.
      case "edit":
      case "splice":
      case "split":
      case "merge":
      case "undo":
      case "undo_cells":
      case "redo":
        break;
    }
  }

  private insert(cell: Cell): void {
    const old = this.book.cells.get(cell.id);
    this.mutable().set(cell.id, {
      ...stateOf(cell),
      status: old?.status ?? { status: "never_run" },
      links: old?.links ?? null,
    });
    if (!old) this.texts.set(cell.id, cell.source ?? "", 0);
  }

  private remove(id: string): void {
    this.mutable().delete(id);
    this.texts.drop(id);
  }
}

function stateOf(cell: Cell): CellState {
  return {
    id: cell.id,
    language: cell.language ?? "python",
    outputs: shownOutputs(cell.outputs ?? []),
    clearsAtNext: false,
    count: cell.execution_count ?? null,
    metadata: cell.metadata ?? {},
    attachments: cell.attachments ?? {},
    foreign: cell.foreign ?? null,
    status: { status: "never_run" },
    startedAt: null,
    elapsedMs: null,
    links: null,
    input: null,
    refused: null,
  };
}

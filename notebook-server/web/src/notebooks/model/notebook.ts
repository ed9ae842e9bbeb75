/** An open notebook: its state, its texts, its socket, and what can be asked of it. */
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Answer, CheckedCell } from "../../api/notebook.ts";
import { Problem } from "../../api/problem.ts";
import { tellProblem } from "../../state/toasts.ts";
import { Kept } from "../outputs/kept.ts";
import { Widgets } from "../outputs/sandbox/widgets.ts";
import { checkCells, type Program } from "../panes/server.ts";
import { type Book, type CellState, EMPTY } from "../protocol/book.ts";
import { reduce, type Texts } from "../protocol/reduce.ts";
import { problemOf } from "../protocol/said.ts";
import { Socket } from "../protocol/socket.ts";
import type {
  Edited,
  Operation,
  Reply,
  Request,
  RunRequest,
  ServerFrame,
} from "../protocol/types.ts";
import { CellText } from "../text/cell-text.ts";

/** Milliseconds in which what comes is collected: about a frame. */
const TOGETHER = 16;

/** Milliseconds between two changes that aren't collected. */
const APART = 100;

/** Cells that are run here are seen, counted and answered. */
const MANNER = { silent: false, store_history: true, allow_stdin: true, count: null };

interface Waiting {
  resolve(reply: Reply): void;
  reject(error: unknown): void;
  /** A run's answer is told with what came of the run by then. */
  isRun: boolean;
}

export class Notebook {
  readonly book = signal<Book>(EMPTY);
  readonly socket: Socket;
  /** Counts a cell's text changes: who shows something of the text reads it. */
  readonly textChanges = signal(0);
  private readonly texts = new Map<string, CellText>();
  private readonly waiting = new Map<number, Waiting>();
  private queue: ServerFrame[] = [];
  private isFlushing = false;
  private lastAsk = 0;
  private readonly cells = new Map<string, ReadonlySignal<CellState | null>>();
  private readonly parts = new Map<keyof Book, ReadonlySignal<unknown>>();
  private readonly quiet = new Set<() => void>();

  /** What a program found in cells when it was last asked, with the text that it read. */
  readonly checked = signal<ReadonlyMap<string, CheckedCell>>(new Map());

  /** Has a program look at all cells of its language as they are typed now. */
  async check(program: Program): Promise<CheckedCell[]> {
    await this.settled();
    const { cells } = await checkCells(this.path, program);
    const found = cells.map((one): [string, CheckedCell] => [one.cell, one]);
    this.checked.value = new Map([...this.checked.peek(), ...found]);
    return cells;
  }

  /** What was done with outputs. */
  readonly kept = new Kept(() => {
    const cells = [...this.book.peek().cells.values()];
    return new Set(cells.flatMap((cell) => cell.outputs.map((output) => output.key)));
  });

  /** Widgets of the kernel, as far as this page knows them. */
  readonly widgets = new Widgets((comm) => this.ask({ request: "comm", comm }));

  constructor(readonly path: string) {
    this.socket = new Socket(path, {
      heard: (frame) => this.heard(frame),
      opened: () => this.opened(),
      closed: () => this.closed(),
    });
  }

  close(): void {
    this.socket.close();
    this.failAll();
  }

  // --- What is known ----------------------------------------------------------------

  /** A part of what is known of the notebook: who reads it hears of changes of this part alone. */
  of<K extends keyof Book>(part: K): Book[K] {
    let found = this.parts.get(part) as ReadonlySignal<Book[K]> | undefined;
    if (!found) {
      found = computed(() => this.book.value[part]);
      this.parts.set(part, found);
    }
    return found.value;
  }

  /** A cell's state, as a signal that changes with this cell alone. */
  cell(id: string): ReadonlySignal<CellState | null> {
    let found = this.cells.get(id);
    if (!found) {
      found = computed(() => this.book.value.cells.get(id) ?? null);
      this.cells.set(id, found);
    }
    return found;
  }

  text(id: string): CellText | null {
    return this.texts.get(id) ?? null;
  }

  /** A cell's text as it is seen here; "" for none. */
  source(id: string): string {
    return this.texts.get(id)?.source ?? "";
  }

  // --- What comes -------------------------------------------------------------------

  private heard(frame: ServerFrame): void {
    if ("answer" in frame && !this.waiting.get(frame.answer.id)?.isRun) {
      // What an answer speaks of came before it.
      this.flush();
      this.answered(frame.answer);
      return;
    }
    this.queue.push(frame);
    // Who types is answered at once, and the notebook is shown as soon as it is there; what is
    // drawn of it next asks whether a kernel runs.
    if ("edited" in frame || "hello" in frame || "session" in frame) this.flush();
    else {
      this.flushSoon();
      if (isAwaited(frame)) this.flushNext();
    }
  }

  private answered({ id, reply, problem }: Answer): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (problem) {
      const text = { what: problem.message, where: null, hint: problem.hint ?? null };
      waiting?.reject(new Problem(text, 0));
    } else waiting?.resolve(reply ?? { reply: "done" });
  }

  /**
   * What comes within a frame is shown together: a flood costs one painting. Not with a frame
   * that is asked for now: it would show that a cell runs, and its result a frame later.
   */
  private flushSoon(): void {
    if (this.isFlushing) return;
    this.isFlushing = true;
    setTimeout(() => {
      this.isFlushing = false;
      this.flush();
    }, TOGETHER);
  }

  /** Drawn before the next frame begins, what somebody waits for is painted with it. */
  private flushNext(): void {
    const now = performance.now();
    if (now - this.lastNext < APART) return;
    this.lastNext = now;
    // Behind what has come already: a cell's end comes with its result.
    setTimeout(() => this.flush(), 0);
  }

  private lastNext = Number.NEGATIVE_INFINITY;

  private flush(): void {
    if (this.queue.length === 0) return;
    const frames = this.queue;
    this.queue = [];
    const hello = frames.find((frame) => "hello" in frame);
    this.otherTexts = false;
    batch(() => {
      if (hello && "hello" in hello) this.client = hello.hello.client;
      this.book.value = reduce(this.book.peek(), frames, this.writer, performance.now());
    });
    // The first snapshot of a connection tells what was missed; a later one with other texts
    // tells of a file that another program wrote.
    for (const frame of frames) {
      if ("hello" in frame || "session" in frame) this.widgets.greeted();
      else if ("event" in frame) {
        this.widgets.event(frame.event);
        const problem = problemOf(frame.event);
        if (problem) tellProblem(new Problem(problem, 0));
      }
    }
    for (const frame of frames) if ("answer" in frame) this.answered(frame.answer);
    if (hello && this.isGreeted && this.otherTexts) this.reloads.value += 1;
    this.isGreeted ||= hello !== undefined;
    this.sendEdits();
  }

  /** The file was changed on disk, and won: how often. */
  readonly reloads = signal(0);
  private isGreeted = false;
  private otherTexts = false;
  private client = 0;

  private readonly writer: Texts = {
    set: (cell, source, version) => {
      const text = this.texts.get(cell);
      if (text) {
        // Each of them: one that keeps an old version hears nothing of what others type.
        const isOther = text.reset(source, version, this.client);
        this.otherTexts ||= isOther;
      } else this.texts.set(cell, new CellText(source, version, this.client));
      this.textChanges.value += 1;
    },
    resync: (cell, source, version) => {
      this.texts.get(cell)?.resync(source, version, this.client);
      this.textChanges.value += 1;
    },
    edited: (edited: Edited) => {
      this.texts.get(edited.cell)?.receive(edited.version, edited.updates);
      this.textChanges.value += 1;
    },
    drop: (cell) => {
      this.texts.delete(cell);
      this.cells.delete(cell);
    },
  };

  private opened(): void {
    this.isGreeted = false;
    for (const text of this.texts.values()) text.forgetSent();
  }

  private closed(): void {
    this.failAll();
  }

  private failAll(): void {
    const problem = {
      what: "the connection to the server was lost",
      where: null,
      hint: "it is made again by itself; then try once more",
    };
    for (const one of this.waiting.values()) one.reject(new Problem(problem, 0));
    this.waiting.clear();
  }

  // --- What is asked ----------------------------------------------------------------

  /** Asks the session; a refusal is a `Problem`. */
  ask(request: Request): Promise<Reply> {
    const id = ++this.lastAsk;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, isRun: request.request === "run" });
      if (!this.socket.send({ ask: { id, request } })) {
        this.waiting.delete(id);
        const what = "the server does not answer";
        const hint = "is `flownote ui` still running? What you typed is kept here";
        reject(new Problem({ what, where: null, hint }, 0));
      }
    });
  }

  /** Changes the document, with what was typed before it. */
  async operate(operation: Operation): Promise<Reply> {
    await this.settled();
    return this.ask({ request: "operate", operation });
  }

  /** Runs cells as they are typed now. */
  async run(run: RunRequest): Promise<Reply> {
    await this.settled();
    return this.ask({ request: "run", run, manner: MANNER });
  }

  /** Asks something of a text as it is typed now. */
  async askOfText(request: Request): Promise<Reply> {
    await this.settled();
    return this.ask(request);
  }

  focus(cell: string | null): void {
    this.socket.send({ focus: { cell } });
  }

  /** Lets the scripts of all outputs run, from now on. */
  trust(): void {
    this.socket.send({ trust: {} });
  }

  async save(): Promise<void> {
    await this.settled();
    this.socket.send({ save: {} });
  }

  // --- What is typed ----------------------------------------------------------------

  /** An editor's text changed. */
  typed(): void {
    this.textChanges.value += 1;
    this.sendEdits();
  }

  private sendEdits(): void {
    let isPending = false;
    for (const [cell, text] of this.texts) {
      const pending = text.take();
      if (pending && !this.socket.send({ edit: { cell, ...pending } })) text.forgetSent();
      isPending ||= text.isPending;
    }
    if (isPending) return;
    for (const done of this.quiet) done();
    this.quiet.clear();
  }

  /** When the server has all that was typed: at once, as a rule. */
  private settled(): Promise<void> {
    const isPending = [...this.texts.values()].some((text) => text.isPending);
    if (!isPending || this.socket.state.peek() !== "open") return Promise.resolve();
    return new Promise((resolve) => {
      this.quiet.add(resolve);
    });
  }

  get hasPending(): boolean {
    return [...this.texts.values()].some((text) => text.isPending);
  }
}

/** Whether a frame tells what a cell shows, or that it ended. */
function isAwaited(frame: ServerFrame): boolean {
  return "event" in frame && (frame.event.event === "output" || frame.event.event === "finished");
}

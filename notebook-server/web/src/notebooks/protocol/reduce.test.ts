import { expect, test } from "vitest";
import { type Book, EMPTY } from "./book.ts";
import { reduce, type Texts } from "./reduce.ts";
import type { Cell, Hello, Numbered, ServerFrame } from "./types.ts";

/** An event before it has its number. */
type NotebookEvent = Numbered extends infer N
  ? N extends unknown
    ? Omit<N, "seq">
    : never
  : never;

/** Texts as plain strings: what the state says of them is what counts here. */
function plainTexts() {
  const texts = new Map<string, string>();
  const writer: Texts = {
    set: (cell, source) => void texts.set(cell, source),
    resync: (cell, source) => void texts.set(cell, source),
    edited: () => {},
    drop: (cell) => void texts.delete(cell),
  };
  return { texts, writer };
}

function hello(cells: Cell[], more: Partial<Hello> = {}): ServerFrame {
  return {
    hello: {
      client: 7,
      path: "a.ipynb",
      session: "s",
      document: { mode: "lazy", cells, metadata: {}, extra: {}, revision: 0 },
      statuses: {},
      elapsed_ms: {},
      names: {},
      versions: {},
      next: 0,
      idle: true,
      interpreters: [],
      asking: null,
      people: [],
      saved: true,
      trusted: true,
      trusted_cells: [],
      ...more,
    },
  };
}

const cell = (id: string, source = ""): Cell => ({ id, language: "python", source });

/** The state after a notebook of cells a, b and c was opened and these events came. */
function after(...events: NotebookEvent[]): { book: Book; texts: Map<string, string> } {
  const { texts, writer } = plainTexts();
  const opened = reduce(
    EMPTY,
    [hello([cell("a", "1"), cell("b", "2"), cell("c", "3")])],
    writer,
    0,
  );
  const frames = events.map(
    (event, seq): ServerFrame => ({ event: { ...event, seq } as Numbered }),
  );
  return { book: reduce(opened, frames, writer, 100), texts };
}

const stdout = (text: string) => ({ kind: "stream" as const, name: "stdout" as const, text });

test("a snapshot is the notebook", () => {
  const { book, texts } = after();
  expect(book.order).toEqual(["a", "b", "c"]);
  expect(book.cells.get("b")?.status).toEqual({ status: "never_run" });
  expect(texts.get("c")).toBe("3");
});

test("how long cells run is the server's to say", () => {
  const { writer } = plainTexts();
  const statuses = { a: { status: "running" as const }, b: { status: "failed" as const } };
  const open = hello([cell("a"), cell("b")], { statuses, elapsed_ms: { a: 4000, b: 70 } });
  const book = reduce(EMPTY, [open], writer, 10_000);
  expect(book.cells.get("a")?.startedAt).toBe(6000);
  expect(book.cells.get("b")?.elapsedMs).toBe(70);
});

test("a session that begins leaves the cells as they are", () => {
  const { book: opened } = after({ event: "ended" });
  const python = { language: "python" as const, state: "starting" as const };
  const session = { session: "s2", idle: false, interpreters: [python], asking: null };
  const { writer } = plainTexts();
  const book = reduce(opened, [{ session }], writer, 200);
  expect([book.session, book.isIdle, book.isOver]).toEqual(["s2", false, false]);
  expect([...book.interpreters.keys()]).toEqual(["python"]);
  // What is drawn isn't drawn anew.
  expect(book.cells).toBe(opened.cells);
  expect(book.order).toBe(opened.order);
});

test("an execution shows its output, its number and how long it took", () => {
  const { book } = after(
    { event: "started", cell: "a", execution: 1, count: 4, source: "1" },
    { event: "output", execution: 1, cell: "a", output: stdout("hel") },
    { event: "output", execution: 1, cell: "a", output: stdout("lo\n") },
    {
      event: "finished",
      cell: "a",
      execution: 1,
      count: 4,
      status: "ok",
      elapsed_ms: 12,
      defined: { x: { type: "int", summary: null, live: false, digest: null } },
    },
    { event: "status", cell: "a", status: { status: "fresh" } },
  );
  const state = book.cells.get("a")!;
  expect(state.count).toBe(4);
  expect(state.elapsedMs).toBe(12);
  expect(state.outputs).toHaveLength(1);
  const [output] = state.outputs;
  expect(output?.kind === "stream" && output.text.lines).toEqual(["hello"]);
});

test("running a cell again takes its outputs away", () => {
  const begins = { event: "started", cell: "a", execution: 1, count: 1, source: "" } as const;
  const { book } = after(
    begins,
    { event: "output", execution: 1, cell: "a", output: stdout("x") },
    begins,
  );
  expect(book.cells.get("a")?.outputs).toEqual([]);
});

test("a clear that waits happens with the next output", () => {
  const shows = (text: string): NotebookEvent => ({
    event: "output",
    execution: 1,
    cell: "a",
    output: stdout(text),
  });
  const waits: NotebookEvent = {
    event: "output",
    execution: 1,
    cell: "a",
    output: { kind: "clear", wait: true },
  };
  const before = after(shows("1"), waits).book.cells.get("a")!;
  expect(before.outputs).toHaveLength(1);
  const then = after(shows("1"), waits, shows("2")).book.cells.get("a")!;
  const [only] = then.outputs;
  expect(only?.kind === "stream" && only.text.lines).toEqual(["2"]);
});

test("an update reaches the display in another cell", () => {
  const { book } = after(
    {
      event: "output",
      execution: 1,
      cell: "a",
      output: { kind: "display", data: { "text/plain": "0" }, metadata: {}, display_id: "bar" },
    },
    {
      event: "output",
      execution: 1,
      cell: "b",
      output: { kind: "update", data: { "text/plain": "1" }, metadata: {}, display_id: "bar" },
    },
  );
  const [shown] = book.cells.get("a")!.outputs;
  expect(shown?.kind === "display" && shown.data["text/plain"]).toBe("1");
  expect(book.cells.get("b")?.outputs).toEqual([]);
});

test("what others do to the cells is done here", () => {
  const change = (
    applied: Extract<NotebookEvent, { event: "changed" }>["applied"],
  ): NotebookEvent => ({
    event: "changed",
    revision: 1,
    applied,
    touched: [],
    removed: [],
  });
  const { book, texts } = after(
    change({ op: "insert", cell: cell("n", "new"), at: 1 }),
    change({ op: "move", cell: "c", to: 0 }),
    change({ op: "delete", cell: "a" }),
    change({ op: "replace", cells: ["b"], with: [cell("b", "2"), cell("b2", "second")] }),
    change({ op: "language", cell: "n", language: "markdown" }),
  );
  expect(book.order).toEqual(["c", "n", "b", "b2"]);
  expect(book.cells.get("n")?.language).toBe("markdown");
  expect([...texts.keys()].sort()).toEqual(["b", "b2", "c", "n"]);
  expect(texts.get("b2")).toBe("second");
});

test("an event that the snapshot has already doesn't count twice", () => {
  const { writer } = plainTexts();
  const opened = reduce(EMPTY, [hello([cell("a")], { next: 5 })], writer, 0);
  const old: ServerFrame = {
    event: { seq: 4, event: "output", execution: 1, cell: "a", output: stdout("x") },
  };
  expect(reduce(opened, [old], writer, 0).cells.get("a")?.outputs).toEqual([]);
});

test("a cell that waits for a line says so until it goes on", () => {
  const { writer } = plainTexts();
  const asks: NotebookEvent = {
    event: "input_request",
    execution: 1,
    cell: "a",
    prompt: "name? ",
    password: false,
  };
  const runs: NotebookEvent = { event: "status", cell: "a", status: { status: "running" } };
  expect(after(runs, asks).book.cells.get("a")?.input).toEqual({
    prompt: "name? ",
    password: false,
  });
  const answered: NotebookEvent = { event: "input_answered", cell: "a" };
  expect(after(runs, asks, answered).book.cells.get("a")?.input).toBeNull();
  const ends: NotebookEvent = { event: "status", cell: "a", status: { status: "fresh" } };
  expect(after(runs, asks, ends).book.cells.get("a")?.input).toBeNull();
  // A page that comes later is told in the snapshot.
  const late = hello([cell("a")], {
    statuses: { a: { status: "running" } },
    asking: { cell: "a", prompt: "name? ", password: false },
  });
  expect(reduce(EMPTY, [late], writer, 0).cells.get("a")?.input?.prompt).toBe("name? ");
});

test("an interpreter that begins anew takes the offer of it away", () => {
  const offer: NotebookEvent = {
    event: "restart_offer",
    language: "python",
    message: "m",
    hint: "h",
  };
  expect(after(offer).book.restartOffer?.message).toBe("m");
  const anew: NotebookEvent = { event: "interpreter", language: "python", state: "starting" };
  expect(after(offer, anew).book.restartOffer).toBeNull();
});

test("a batch of frames leaves the state before it as it was", () => {
  const { book } = after();
  const { writer } = plainTexts();
  const frame: ServerFrame = {
    event: { seq: 9, event: "status", cell: "a", status: { status: "queued" } },
  };
  const next = reduce(book, [frame], writer, 0);
  expect(book.cells.get("a")?.status.status).toBe("never_run");
  expect(next.cells.get("a")?.status.status).toBe("queued");
  expect(next.cells.get("b")).toBe(book.cells.get("b"));
});

test("names are told of the cells that differ, and stay with the others", () => {
  const { writer } = plainTexts();
  const x = { name: "x", kind: "value", type: null, summary: null, live: false } as const;
  const links = { defined: [x], used: {}, all: null };
  const opened = reduce(EMPTY, [hello([cell("a"), cell("b")], { names: { a: links } })], writer, 0);
  const told = { defined: [], used: { x: "a" }, all: null };
  const book = reduce(opened, [{ names: { cells: { b: told, gone: told } } }], writer, 1);
  expect(book.cells.get("a")?.links).toEqual(links);
  expect(book.cells.get("b")?.links).toEqual(told);
  expect(book.cells.has("gone")).toBe(false);
  expect(book.definitions).toBeGreaterThan(opened.definitions);
});

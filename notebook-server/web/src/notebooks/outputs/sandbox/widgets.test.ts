import { expect, test } from "vitest";
import type { Comm, NotebookEvent, Reply } from "../../protocol/types.ts";
import { pack, unpack } from "./buffers.ts";
import { Widgets } from "./widgets.ts";
import type { ToFrame } from "./words.ts";

const DONE: Reply = { reply: "done" };

function setUp() {
  const sent: Comm[] = [];
  const told: ToFrame[] = [];
  const widgets = new Widgets(async (comm) => {
    sent.push(comm);
    return DONE;
  });
  widgets.listen((word) => told.push(structuredClone(word)));
  const hear = (comm: Partial<Comm>) =>
    widgets.event({
      event: "comm",
      seq: 1,
      execution: null,
      comm: { id: "m", kind: "message", data: {}, metadata: null, buffers: [], ...comm },
    } as unknown as NotebookEvent);
  const open = () =>
    hear({ kind: "open", target: "jupyter.widget", data: { state: { count: 1 } } });
  return { widgets, sent, told, hear, open };
}

test("binary parts travel beside the state", () => {
  const bytes = new Uint8Array([1, 2, 255]);
  const packed = pack({ a: [{ b: new DataView(bytes.buffer) }], c: 1 });
  expect(packed).toEqual({
    value: { a: [{ b: null }], c: 1 },
    paths: [["a", 0, "b"]],
    buffers: ["AQL/"],
  });
  const found = unpack(packed) as { a: { b: DataView }[] };
  expect(found.a[0]?.b.getUint8(2)).toBe(255);
  unpack({
    value: {},
    paths: [
      ["__proto__", "x"],
      ["a", "b"],
    ],
    buffers: ["AQL/", "AQL/"],
  });
  expect(({} as Record<string, unknown>).x).toBeUndefined();
});

test("the kernel's changes are told, and the echo of one's own is not", () => {
  const { widgets, sent, told, hear, open } = setUp();
  open();
  widgets.update("m", { count: 2 });
  expect(sent[0]).toMatchObject({
    id: "m",
    kind: "message",
    data: { method: "update", state: { count: 2 } },
  });
  hear({ data: { method: "echo_update", state: { count: 2 } } });
  expect(told.map((word) => word.say)).toEqual(["model"]);
  // The next echo is of another page.
  hear({ data: { method: "echo_update", state: { count: 7 } } });
  hear({ data: { method: "update", state: { count: 8 } } });
  expect(told.slice(1)).toEqual([
    { say: "update", id: "m", state: { count: 7 } },
    { say: "update", id: "m", state: { count: 8 } },
  ]);
  expect(widgets.models.get("m")).toEqual({ count: 8 });
});

test("a page that comes later asks for what there is", () => {
  const { widgets, sent, told, hear } = setUp();
  widgets.want("m");
  widgets.want("n");
  expect(sent.map(({ kind, target }) => [kind, target])).toEqual([
    ["open", "jupyter.widget.control"],
    ["message", undefined],
  ]);
  const states = { m: { model_name: "AnyModel", state: { count: 3 } } };
  hear({ id: sent[0]!.id, data: { method: "update_states", states, buffer_paths: [] } });
  expect(told).toEqual([
    { say: "model", id: "m", state: { count: 3 } },
    { say: "closed", id: "n" },
  ]);
});

test("widgets that nobody opened hear nothing", () => {
  const { widgets, sent, hear } = setUp();
  widgets.update("other", { x: 1 });
  widgets.custom("other", 1, []);
  hear({ id: "other", data: { method: "update", state: { x: 1 } } });
  expect(sent).toEqual([]);
});

test("they end with their interpreter", () => {
  const { widgets, told, open } = setUp();
  open();
  widgets.event({ event: "interpreter", seq: 2, language: "python", state: "starting" } as never);
  expect(told.at(-1)).toEqual({ say: "closed", id: "m" });
  expect(widgets.models.size).toBe(0);
});

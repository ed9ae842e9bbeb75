import { describe, expect, test } from "vitest";
import type { Heat, TaskState } from "../../api/types.ts";
import { cells, counts, select, stateAt, UNKNOWN, unpack } from "./heat.ts";

const LEGEND: TaskState[] = ["queued", "running", "succeeded", "reused", "failed"];

function base64(...values: number[]): string {
  return btoa(String.fromCharCode(...values));
}

function words(...values: number[]): string {
  return base64(...values.flatMap((value) => [0, 8, 16, 24].map((by) => (value >>> by) & 255)));
}

function heat(states: number[], started: number[], elapsed: number[]): Heat {
  return {
    total: states.length,
    legend: LEGEND,
    states: base64(...states),
    started_ms: words(...started),
    elapsed_ms: words(...elapsed),
    attempts: base64(...states.map(() => 1)),
  };
}

test("what the server packs is unpacked", () => {
  const tasks = unpack(heat([2, 4, 0], [0, 70_000, UNKNOWN], [300, 4, UNKNOWN]));
  expect(stateAt(tasks, 1)).toBe("failed");
  expect([...tasks.started]).toEqual([0, 70_000, UNKNOWN]);
  expect(counts(tasks).get("queued")).toBe(1);
});

describe("many tasks in few cells", () => {
  test("one failure among thousands is seen", () => {
    const states = new Array(10_000).fill(2);
    states[7_777] = 4;
    const shown = cells(unpack(heat(states, [], [])), 0, 10_000, 60);
    expect(shown).toHaveLength(60);
    expect(shown.filter((state) => state === "failed")).toHaveLength(1);
    expect(shown[Math.floor((7_777 * 60) / 10_000)]).toBe("failed");
  });

  test("few tasks have a cell each", () => {
    const shown = cells(unpack(heat([2, 3, 0], [], [])), 0, 3, 60);
    expect(shown).toEqual(["succeeded", "reused", "queued"]);
  });

  test("nothing has no cells", () => {
    expect(cells(unpack(heat([], [], [])), 0, 0, 60)).toEqual([]);
  });
});

describe("which tasks are shown", () => {
  const tasks = unpack(
    heat([2, 2, 1, 0, 4], [0, 50, 20, UNKNOWN, 60], [10, 500, UNKNOWN, UNKNOWN, 3]),
  );

  test("in the order of the graph, of one step", () => {
    expect([...select(tasks, 1, 4, [], "graph")]).toEqual([1, 2, 3]);
  });

  test("by their start, those that didn't last", () => {
    expect([...select(tasks, 0, 5, [], "start")]).toEqual([0, 2, 1, 4, 3]);
  });

  test("the longest first, what still runs before all", () => {
    expect([...select(tasks, 0, 5, [], "longest")]).toEqual([2, 1, 0, 4, 3]);
  });

  test("only some states", () => {
    expect([...select(tasks, 0, 5, ["failed", "running"], "graph")]).toEqual([2, 4]);
  });
});

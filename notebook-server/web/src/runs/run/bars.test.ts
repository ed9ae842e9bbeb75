import { describe, expect, test } from "vitest";
import type { TaskRow, TaskState } from "../../api/types.ts";
import { attemptBars, scaleOf, ticks } from "./bars.ts";
import { type Tasks, UNKNOWN } from "./heat.ts";

const LEGEND: TaskState[] = ["queued", "running", "succeeded", "reused", "failed"];
const TASKS: Tasks = {
  total: 4,
  legend: LEGEND,
  states: Uint8Array.from([2, 1, 3, 0]),
  started: Uint32Array.from([100, 400, 50, UNKNOWN]),
  elapsed: Uint32Array.from([200, UNKNOWN, 0, UNKNOWN]),
  attempts: Uint8Array.from([1, 1, 1, 0]),
};
const ALL = Uint32Array.from([0, 1, 2, 3]);

describe("the stretch of time", () => {
  test("is the whole run", () => {
    expect(scaleOf(TASKS, ALL, 1000, false)).toEqual({ from: 0, span: 1000 });
  });

  test("fits what is chosen", () => {
    expect(scaleOf(TASKS, Uint32Array.from([0]), 1000, true)).toEqual({ from: 100, span: 200 });
  });

  test("is never nothing", () => {
    expect(scaleOf(TASKS, Uint32Array.from([3]), 0, true).span).toBe(1);
  });
});

describe("bars", () => {
  const start = Date.parse("2026-11-22T10:00:00Z");

  test("grow while a task runs", () => {
    const [bar] = attemptBars(TASKS, 1, undefined, start, 900);
    expect(bar).toMatchObject({ from: 400, to: 900, state: "running" });
  });

  test("aren't there before it began", () => {
    expect(attemptBars(TASKS, 3, undefined, start, 900)).toEqual([]);
  });

  test("are one an attempt", () => {
    const attempt = (outcome: TaskState, from: number, to: number) => ({
      attempt: 0,
      started_at: new Date(start + from).toISOString(),
      finished_at: new Date(start + to).toISOString(),
      outcome,
    });
    const task = {
      attempts: [attempt("failed", 100, 150), attempt("succeeded", 200, 300)],
    } as unknown as TaskRow;
    expect(attemptBars(TASKS, 0, task, start, 900)).toEqual([
      { from: 100, to: 150, state: "failed", isEarlier: true },
      { from: 200, to: 300, state: "succeeded", isEarlier: false },
    ]);
  });
});

test.each([3, 40, 999, 12_000, 72_000, 5_400_000, 86_400_000 * 9])(
  "an axis of %d ms has a few round ticks",
  (span) => {
    const found = ticks({ from: 0, span });
    expect(found.length).toBeGreaterThanOrEqual(2);
    expect(found.length).toBeLessThanOrEqual(8);
  },
);

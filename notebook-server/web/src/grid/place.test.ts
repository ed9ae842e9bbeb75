import { describe, expect, test } from "vitest";
import { boxHeight, columnsWithin, next, offsets, ROW, toRows, toScroll } from "./place.ts";

describe("columns", () => {
  const sums = offsets([100, 50, 200]);
  test("are found by where they begin", () => {
    expect(sums).toEqual([0, 100, 150, 350]);
    expect(columnsWithin(sums, 0, 100)).toEqual([0, 2]);
    expect(columnsWithin(sums, 120, 149)).toEqual([1, 2]);
    expect(columnsWithin(sums, 160, 9999)).toEqual([2, 3]);
    expect(columnsWithin(offsets([]), 0, 100)).toEqual([0, 0]);
  });
});

describe("rows", () => {
  test("that fit scroll as they are", () => {
    expect(toRows(1234, 10_000, 500)).toBe(1234);
  });
  test("that don't fit are all reached, the first and the last", () => {
    const [rows, view] = [10_000_000, 500];
    const bottom = boxHeight(rows) - view;
    expect(toRows(0, rows, view)).toBe(0);
    expect(toRows(bottom, rows, view)).toBe(rows * ROW - view);
    expect(toScroll(toRows(5000, rows, view), rows, view)).toBeCloseTo(5000, 6);
  });
});

describe("keys", () => {
  const from = { row: 5, column: 2 };
  const go = (key: string, ctrl = false, at = from) => next(key, ctrl, at, 100, 4, 20);
  test("go as WAI-ARIA's grid has it", () => {
    expect(go("ArrowUp")).toEqual({ row: 4, column: 2 });
    expect(go("ArrowUp", false, { row: 0, column: 1 })).toEqual({ row: -1, column: 1 });
    expect(go("PageDown")).toEqual({ row: 25, column: 2 });
    expect(go("PageDown", false, { row: 95, column: 0 })).toEqual({ row: 99, column: 0 });
    expect(go("Home")).toEqual({ row: 5, column: 0 });
    expect(go("Home", true)).toEqual({ row: 0, column: 0 });
    expect(go("End", true)).toEqual({ row: 99, column: 3 });
    expect(go("ArrowDown", true)).toEqual({ row: 99, column: 2 });
    expect(go("x")).toBeNull();
  });
  test("stay where there are no rows", () => {
    expect(next("End", true, { row: -1, column: 0 }, 0, 1, 20)).toEqual({ row: -1, column: 0 });
    expect(next("ArrowUp", false, { row: -1, column: 0 }, 0, 1, 20)?.row).toBe(-1);
  });
});

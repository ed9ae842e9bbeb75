import { describe, expect, test } from "vitest";
import { apart, axisOf, roundTicks, tickText } from "./axis.ts";

test.each([
  [0, 1],
  [0.3011, 0.3309],
  [-5, 12_000],
  [1e-7, 3e-7],
])("ticks between %d and %d are few, round and inside", (least, most) => {
  const ticks = roundTicks(least, most);
  expect(ticks.length).toBeGreaterThanOrEqual(2);
  expect(ticks.length).toBeLessThanOrEqual(6);
  for (const tick of ticks) {
    expect(tick).toBeGreaterThanOrEqual(least);
    expect(tick).toBeLessThanOrEqual(most + 1e-12);
    expect(String(tick).length).toBeLessThan(8);
  }
});

describe("ticks", () => {
  test("of counts are whole numbers", () => {
    for (const values of [
      [7, 7],
      [1, 2],
      [0, 1],
      [3, 40],
    ]) {
      const texts = axisOf(values, false).ticks.map((tick) => tick.text);
      expect(texts.every((text) => /^-?[\d,]+$/.test(text))).toBe(true);
      expect(new Set(texts).size).toBe(texts.length);
    }
  });

  test("are told from one another, and short", () => {
    expect(tickText(12_345.5, 0.5)).toBe("12,345.5");
    expect(tickText(0.3, 0.05)).toBe("0.30");
    expect(tickText(12_500_000, 500_000)).toBe("12.5M");
    expect(tickText(2e-7, 1e-7)).toBe("2e-7");
    expect(tickText(0, 0.5)).toBe("0.0");
  });

  test("that would stand on one another are left out", () => {
    const tick = (at: number, text: string) => ({ at, text });
    const ticks = [tick(0.1, "recommend-a"), tick(0.2, "recommend-b"), tick(0.9, "other")];
    expect(apart(ticks, 200).map(({ text }) => text)).toEqual(["recommend-a", "other"]);
    expect(apart(ticks, 2000)).toHaveLength(3);
    expect(apart([tick(0.1, "2 min ago"), tick(0.9, "2 min ago")], 2000)).toHaveLength(1);
  });
});

describe("an axis", () => {
  test("of numbers keeps their order and distance", () => {
    const axis = axisOf([1, 3, 2], false);
    const [a, b, c] = [axis.place(1)!, axis.place(2)!, axis.place(3)!];
    expect(b - a).toBeCloseTo(c - b);
    expect(a).toBeGreaterThan(0);
    expect(c).toBeLessThan(1);
  });

  test("of a parameter has a tick where it was tried", () => {
    const texts = axisOf([0.1, 0.3, 0.1, 3], true).ticks.map((tick) => tick.text);
    expect(texts).toEqual(["0.1", "3"]);
    expect(axisOf([1, 2, 5], true).ticks.map((tick) => tick.text)).toEqual(["1", "2", "5"]);
  });

  test("of words gives each a place", () => {
    const axis = axisOf(["ease", "knn", "ease"], true);
    expect(axis.ticks.map((tick) => tick.text)).toEqual(["ease", "knn"]);
    expect(axis.place("knn")).toBe(0.75);
  });

  test("of one number has it in the middle", () => {
    expect(axisOf([7, 7], false).place(7)).toBeCloseTo(0.5);
  });

  test("has no place for what is missing", () => {
    expect(axisOf([1, null], false).place(null)).toBeNull();
  });
});

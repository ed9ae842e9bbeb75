import { effect, signal } from "@preact/signals";
import { expect, test, vi } from "vitest";
import { sameList, sameMap, settled, steady } from "./steady.ts";

test("who reads it hears of other values only", () => {
  const words = signal(["a"]);
  const heard: string[][] = [];
  const lengths = steady(() => words.value.map((word) => word), sameList);
  effect(() => {
    heard.push(lengths.value);
  });
  words.value = ["a"];
  words.value = ["a", "b"];
  words.value = ["a", "b"];
  expect(heard).toEqual([["a"], ["a", "b"]]);
});

test("changes that follow each other soon are counted once", () => {
  vi.useFakeTimers();
  const state = signal("idle");
  const changes = settled(() => state.value, 100);
  vi.advanceTimersByTime(1000);
  expect(changes.value).toBe(0);
  for (const next of ["busy", "idle"]) {
    state.value = next;
    vi.advanceTimersByTime(50);
  }
  expect(changes.value).toBe(0);
  vi.advanceTimersByTime(50);
  expect(changes.value).toBe(1);
  state.value = "busy";
  vi.advanceTimersByTime(100);
  expect(changes.value).toBe(2);
  vi.useRealTimers();
});

test("maps are the same with the same entries in the same order", () => {
  const map = (...entries: [string, number][]) => new Map(entries);
  expect(sameMap(map(["a", 1], ["b", 2]), map(["a", 1], ["b", 2]))).toBe(true);
  expect(sameMap(map(["a", 1], ["b", 2]), map(["b", 2], ["a", 1]))).toBe(false);
  expect(sameMap(map(["a", 1]), map(["a", 2]))).toBe(false);
  expect(sameMap(map(["a", 1]), map(["a", 1], ["b", 2]))).toBe(false);
});

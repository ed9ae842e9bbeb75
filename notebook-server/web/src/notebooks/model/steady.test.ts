import { effect, signal } from "@preact/signals";
import { expect, test } from "vitest";
import { sameList, sameMap, steady } from "./steady.ts";

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

test("maps are the same with the same entries in the same order", () => {
  const map = (...entries: [string, number][]) => new Map(entries);
  expect(sameMap(map(["a", 1], ["b", 2]), map(["a", 1], ["b", 2]))).toBe(true);
  expect(sameMap(map(["a", 1], ["b", 2]), map(["b", 2], ["a", 1]))).toBe(false);
  expect(sameMap(map(["a", 1]), map(["a", 2]))).toBe(false);
  expect(sameMap(map(["a", 1]), map(["a", 1], ["b", 2]))).toBe(false);
});

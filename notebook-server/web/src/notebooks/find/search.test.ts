import { expect, test } from "vitest";
import { expression, findAll, matchFrom, type Query, replacements } from "./search.ts";

const plain: Query = { text: "", isCase: false, isWord: false, isRegexp: false };

function found(texts: string[], query: Partial<Query>): string[] {
  const wanted = expression({ ...plain, ...query });
  if (!(wanted instanceof RegExp)) throw new Error(String(wanted));
  const cells = texts.map((text, at) => ({ cell: String(at), text }));
  return findAll(cells, wanted).map(({ cell, from, to }) => `${cell}:${from}-${to}`);
}

test("words as they are typed, in any case or in theirs", () => {
  expect(found(["Rate = rate", "x"], { text: "rate" })).toEqual(["0:0-4", "0:7-11"]);
  expect(found(["Rate = rate"], { text: "rate", isCase: true })).toEqual(["0:7-11"]);
  expect(found(["f(x) + f(y)"], { text: "f(" })).toEqual(["0:0-2", "0:7-9"]);
});

test("whole words, in any alphabet", () => {
  expect(found(["rate rates _rate größe"], { text: "rate", isWord: true })).toEqual(["0:0-4"]);
  expect(found(["größe größ"], { text: "größ", isWord: true })).toEqual(["0:6-10"]);
});

test("expressions, by lines, and never nothing", () => {
  expect(found(["a1\nb22"], { text: "^\\w\\d+$", isRegexp: true })).toEqual(["0:0-2", "0:3-6"]);
  expect(found(["abc"], { text: "x*", isRegexp: true })).toEqual([]);
  expect(found(["a-b"], { text: "a\\-b", isRegexp: true })).toEqual(["0:0-3"]);
});

test("an expression that is none says why", () => {
  expect(expression({ ...plain, text: "(", isRegexp: true })).toMatch(/group/i);
  expect(expression(plain)).toBeNull();
});

test("what takes the place: as typed, or filled from the expression", () => {
  const by = (text: string, query: Partial<Query>, insert: string) => {
    const wanted = expression({ ...plain, ...query }) as RegExp;
    return replacements(text, wanted, insert, query.isRegexp ?? false).map((one) => one.insert);
  };
  expect(by("a.b a.b", { text: "a.b" }, "$1\\n")).toEqual(["$1\\n", "$1\\n"]);
  expect(by("x=1", { text: "(\\w)=(\\d)", isRegexp: true }, "$2\\n$1 $$ $& $9")).toEqual([
    "1\nx $ x=1 $9",
  ]);
  expect(by("x=1", { text: "(?<left>\\w)=1", isRegexp: true }, "$" + "{left}!")).toEqual(["x!"]);
});

test("the next match goes on at the beginning", () => {
  const matches = ["a", "c"].map((cell) => ({ cell, from: 5, to: 6 }));
  const places = new Map([
    ["a", 0],
    ["b", 1],
    ["c", 2],
  ]);
  expect(matchFrom(matches, places, "a", 5)).toBe(0);
  expect(matchFrom(matches, places, "a", 6)).toBe(1);
  expect(matchFrom(matches, places, "b", 0)).toBe(1);
  expect(matchFrom(matches, places, "c", 6)).toBe(0);
});

import { expect, test } from "vitest";
import { MOST_LINES, StreamText } from "./stream.ts";

function left(...pieces: string[]): readonly string[] {
  const text = new StreamText();
  for (const piece of pieces) text.push(piece);
  return text.lines;
}

test("text that comes in pieces is one text", () => {
  expect(left("a", "b\nc", "\n")).toEqual(["ab", "c"]);
});

test("a progress bar leaves its last state", () => {
  expect(left("10 %\r", "50 %\r", "100 %\n", "done\n")).toEqual(["100 %", "done"]);
});

test("a bar that waits at the line's beginning still shows", () => {
  expect(left(" 10 %\r")).toEqual([" 10 %"]);
});

test("two bars, one above the other, as tqdm draws them", () => {
  const up = "\x1b[A";
  expect(left("outer 0\n", "\rinner 1", up, "\router 1\n", "\rinner 2")).toEqual([
    "outer 1",
    "inner 2",
  ]);
});

test("Windows' line ends are line ends", () => {
  expect(left("a\r\nb\r\n")).toEqual(["a", "b"]);
});

test("of an endless text the end is kept", () => {
  const text = new StreamText();
  for (let at = 0; at < MOST_LINES + 50; at += 1) text.push(`${at}\n`);
  expect(text.length).toBe(MOST_LINES);
  expect(text.line(text.length - 1)).toBe(String(MOST_LINES + 49));
  expect(text.dropped).toBe(50);
});

test("as many lines as are kept are all there", () => {
  const text = new StreamText("line\n".repeat(MOST_LINES));
  expect([text.length, text.dropped]).toEqual([MOST_LINES, 0]);
});

import { expect, test } from "vitest";
import { pieces } from "./ansi.tsx";

test("colours become classes", () => {
  expect(pieces("a \x1b[31mred\x1b[0m b")).toEqual([
    { text: "a ", classes: "" },
    { text: "red", classes: "ansi-red" },
    { text: " b", classes: "" },
  ]);
});

test("bold and bright are kept", () => {
  expect(pieces("\x1b[1;92mok\x1b[0m")).toEqual([
    { text: "ok", classes: "ansi-bright-green ansi-bold" },
  ]);
});

test("what moves a cursor is dropped", () => {
  expect(pieces("\x1b[2K\x1b[1Gdone\x1b]0;title\x07")).toEqual([{ text: "done", classes: "" }]);
});

test("a progress bar shows its last state", () => {
  expect(pieces("10 %\r50 %\r100 %\r")).toEqual([{ text: "100 %", classes: "" }]);
});

test("markup stays text", () => {
  expect(pieces("<b>\x1b[32m<script>\x1b[0m")).toEqual([
    { text: "<b>", classes: "" },
    { text: "<script>", classes: "ansi-green" },
  ]);
});

test("grounds and colours without a name are kept", () => {
  const [warning] = pieces("\x1b[30;43mwarning\x1b[0m");
  expect(warning?.style?.backgroundColor).toBe("rgb(216, 162, 74)");
  expect(pieces("\x1b[38;5;208morange")[0]?.style?.color).toMatch(
    /^light-dark\(.*, rgb\(255, 135, 0\)\)$/,
  );
  expect(pieces("\x1b[38;2;250;250;250mx")).toEqual(pieces("\x1b[38:2::250:250:250mx"));
  expect(pieces("\x1b[48;2;10;20;30mx")[0]?.style).toEqual({
    color: "rgb(255, 255, 255)",
    backgroundColor: "rgb(10, 20, 30)",
  });
  expect(pieces("\x1b[48:5:9mx")).toEqual(pieces("\x1b[101mx"));
});

test("what is reversed has the page's colours the other way round", () => {
  expect(pieces("\x1b[7mx\x1b[27my")).toEqual([
    { text: "x", classes: "ansi-reverse" },
    { text: "y", classes: "" },
  ]);
  expect(pieces("\x1b[2;3;4;9mx")[0]?.classes.split(" ").sort()).toEqual([
    "ansi-dim",
    "ansi-italic",
    "ansi-strikethrough",
    "ansi-underline",
  ]);
});

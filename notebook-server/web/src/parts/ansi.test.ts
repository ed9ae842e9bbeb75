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

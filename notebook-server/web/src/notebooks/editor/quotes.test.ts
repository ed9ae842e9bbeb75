import { EditorState } from "@codemirror/state";
import { expect, test } from "vitest";
import { isOver } from "./quotes.ts";

/** Whether a quote goes over the next, where `|` stands. */
function goesOver(text: string, quote = '"'): boolean {
  const at = text.indexOf("|");
  return isOver(EditorState.create({ doc: text.replace("|", "") }), at, quote);
}

test("each of three closing quotes goes over one", () => {
  expect(goesOver('"""Doc|"""')).toBe(true);
  expect(goesOver('"""Doc"|""')).toBe(true);
  expect(goesOver('"""Doc""|"')).toBe(true);
  expect(goesOver('"""Doc"""|')).toBe(false);
  expect(goesOver("'''Doc|'''", "'")).toBe(true);
});

test("other quotes are the editor's own affair", () => {
  expect(goesOver('x = "abc|"')).toBe(false);
  expect(goesOver('"|"')).toBe(false);
  expect(goesOver('"""|"""')).toBe(false);
  expect(goesOver('"""Doc|"""', "'")).toBe(false);
  expect(goesOver('"""one""" + |"""two"""')).toBe(false);
  expect(goesOver("f(|)", "(")).toBe(false);
});

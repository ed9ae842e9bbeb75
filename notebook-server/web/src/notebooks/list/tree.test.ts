import { expect, test } from "vitest";
import type { Entry } from "./api.ts";
import { freeName, rowsOf, withEnding } from "./tree.ts";

const notebook = (path: string): Entry => ({
  kind: "notebook",
  name: path.split("/").at(-1)!,
  path,
  modified: "",
  size: 1,
  running: false,
});
const entries: Entry[] = [
  { kind: "folder", name: "deep", path: "deep", entries: [notebook("deep/a.ipynb")] },
  notebook("untitled.ipynb"),
];
const paths = (closed: string[], text = "") =>
  rowsOf(entries, new Set(closed), text).map(({ entry, depth }) => `${depth} ${entry.path}`);

test("what is folded away isn't listed", () => {
  expect(paths([])).toEqual(["0 deep", "1 deep/a.ipynb", "0 untitled.ipynb"]);
  expect(paths(["deep"])).toEqual(["0 deep", "0 untitled.ipynb"]);
});

test("a search opens the folders that lead to what is found, and hides the others", () => {
  expect(paths(["deep"], "A.ip")).toEqual(["0 deep", "1 deep/a.ipynb"]);
  expect(paths([], "untitled")).toEqual(["0 untitled.ipynb"]);
});

test("a name without an ending gets that of a notebook, or of the one before", () => {
  expect(withEnding("a.b/notes")).toBe("a.b/notes.ipynb");
  expect(withEnding("notes", "deep/old.py")).toBe("notes.py");
  for (const whole of ["notes.py", "notes.txt", "folder/", ""])
    expect(withEnding(whole)).toBe(whole);
});

test("a new notebook has a name that is free", () => {
  expect(freeName(entries, "")).toBe("untitled-2.ipynb");
  expect(freeName(entries, "deep")).toBe("deep/untitled.ipynb");
});

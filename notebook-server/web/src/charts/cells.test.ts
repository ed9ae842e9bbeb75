import { expect, test } from "vitest";
import { chartCells, notebookOf, python } from "./cells.ts";

test("a specification is written as Python", () => {
  expect(python({ a: null, b: [true, 1.5, 'say "hi"\n'] })).toBe(
    '{"a": None, "b": [True, 1.5, "say \\"hi\\"\\n"]}',
  );
});

test("a chart becomes a query with a name and a cell that shows it", () => {
  const query = { sql: "SELECT 1 AS x", spec: { mark: "bar" }, cut: null };
  const [first, second] = chartCells(query, "mine");
  expect(first).toEqual({ language: "sql", source: "-- out: mine\nSELECT 1 AS x" });
  // One name alone is made: what a user calls `rows` or `values` stays.
  const made = second?.source.split("\n").filter((line) => /^\S+( =|\()|^def /.test(line));
  expect(made).toEqual(["def draw_mine(frame):", "draw_mine(mine)"]);
  const notebook = JSON.parse(notebookOf([first!, second!]));
  expect(notebook.cells[0].source).toEqual(["%%sql\n", "-- out: mine\n", "SELECT 1 AS x"]);
  expect(notebook.cells[0].metadata).toEqual({ language: "sql" });
});

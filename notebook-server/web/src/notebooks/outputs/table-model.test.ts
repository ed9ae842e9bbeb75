import { expect, test } from "vitest";
import { asCsv, asMarkdown, readTable, sorted } from "./table-model.ts";

const table = readTable({
  version: 1,
  total: 4,
  width: 2,
  columns: [
    { name: "n", type: "int64" },
    { name: 'a "b"', type: "utf8" },
  ],
  rows: [
    [2, "x"],
    [null, "y|z"],
    [10, null],
    [1, "a,b"],
  ],
})!;

test("rows are sorted by a column, nulls last either way", () => {
  expect(sorted(table, { column: 0, down: false })).toEqual([3, 0, 2, 1]);
  expect(sorted(table, { column: 0, down: true })).toEqual([2, 0, 3, 1]);
  expect(sorted(table, null)).toEqual([0, 1, 2, 3]);
});

test("copies are what other programs read", () => {
  expect(asCsv(table)).toBe('n,"a ""b"""\n2,x\n,y|z\n10,\n1,"a,b"\n');
  expect(asMarkdown(table)).toContain("|  | y\\|z |");
});

test("what is no table is none", () => {
  expect(readTable({ version: 2 })).toBeNull();
  expect(readTable("text")).toBeNull();
});

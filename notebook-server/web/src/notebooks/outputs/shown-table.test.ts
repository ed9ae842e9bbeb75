import { expect, test } from "vitest";
import { hasName, shownTable } from "./shown-table.ts";

test("what metadata say of a table is believed only when it is one", () => {
  const table = { name: "df", rows: 3, columns: 2 };
  expect(shownTable({ flownote: { table } })).toEqual(table);
  for (const wrong of [
    {},
    { flownote: null },
    { flownote: { table: null } },
    { flownote: { table: { ...table, name: 7 } } },
    { flownote: { table: { ...table, rows: "many" } } },
    { flownote: { table: { name: "df", rows: 1 } } },
  ])
    expect(shownTable(wrong)).toBeNull();
});

test("tables without a name are told from those with one", () => {
  expect(["df", "größe", "_x2"].every(hasName)).toBe(true);
  expect(["table 1", "2x", ""].some(hasName)).toBe(false);
});

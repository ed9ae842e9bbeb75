import { expect, test } from "vitest";
import { fromOf, namedIn, sourceNamed } from "./words.ts";

test("tables are quoted where queries name them", () => {
  expect(fromOf({ kind: "file", path: "it's.csv" })).toBe("'it''s.csv'");
  expect(fromOf({ kind: "result", id: "1" }, "SELECT 1;\n")).toBe("(\nSELECT 1\n) AS result");
});

test("the tables of a query are found", () => {
  const sql = `SELECT * FROM 'a/b.csv' x JOIN "F/1/s/0/t" ON 1=1 WHERE y = 'from nothing'`;
  expect(namedIn(sql)).toEqual(["a/b.csv", "F/1/s/0/t"]);
  expect(sourceNamed("F/1/s/0/t")).toEqual({ kind: "artifact", pathspec: "F/1/s/0/t" });
  expect(sourceNamed("a/b/c/d/e.csv")).toEqual({ kind: "file", path: "a/b/c/d/e.csv" });
});

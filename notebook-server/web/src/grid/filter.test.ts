import { describe, expect, test } from "vitest";
import type { ColumnKind } from "../api/types.ts";
import { all, condition } from "./filter.ts";

function check(typed: string, kind: ColumnKind, expected: string | null) {
  const found = condition(typed, { name: 'the "x"', kind, type: "" });
  expect(found && "sql" in found ? found.sql : found).toEqual(expected);
}

describe("what is typed to filter a column", () => {
  test("texts are searched, compared, and stay texts", () => {
    check("", "text", null);
    check("50%_\\", "text", '"the ""x""" ILIKE \'%50\\%\\_\\\\%\'');
    check("= O'Hara", "text", '"the ""x""" = \'O\'\'Hara\'');
    check("!= a", "text", '"the ""x""" != \'a\'');
    check("1..5", "text", '"the ""x""" ILIKE \'%1..5%\'');
    check("' OR 1=1 --", "text", '"the ""x""" ILIKE \'%\'\' OR 1=1 --%\'');
  });
  test("numbers are compared", () => {
    check("5", "number", '"the ""x""" = 5');
    check(">= -1.5e3", "number", '"the ""x""" >= -1.5e3');
    check("1 .. 5", "number", '"the ""x""" BETWEEN 1 AND 5');
    check("null", "number", '"the ""x""" IS NULL');
    check("! null", "number", '"the ""x""" IS NOT NULL');
  });
  test("what is no number is not greater than one", () => {
    const column = { name: "x", kind: "number", type: "double" } as const;
    expect(condition("> 5", column)).toEqual({ sql: '"x" > 5 AND NOT isnan("x")' });
    expect(condition("< 5", column)).toEqual({ sql: '"x" < 5' });
    expect(condition("null", column)).toEqual({ sql: '"x" IS NULL OR isnan("x")' });
  });
  test("what is no number is said so, and never becomes SQL", () => {
    for (const typed of ["abc", "> x", "1; DROP TABLE t", "= (SELECT 1)"])
      expect(condition(typed, { name: "x", kind: "number", type: "" })).toHaveProperty("problem");
    expect(condition("maybe", { name: "x", kind: "boolean", type: "bool" })).toHaveProperty(
      "problem",
    );
  });
  test("times are compared as they are written", () => {
    check("> 2026-01-01", "time", '"the ""x""" > \'2026-01-01\'');
    check("2026-01", "time", 'CAST("the ""x""" AS VARCHAR) ILIKE \'%2026-01%\'');
  });
  test("conditions stand together", () => {
    expect(all([])).toBeNull();
    expect(all(["a OR b", "c"])).toBe("(a OR b) AND (c)");
  });
});

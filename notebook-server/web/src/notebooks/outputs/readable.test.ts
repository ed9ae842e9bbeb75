import { expect, test } from "vitest";
import type { Language } from "../protocol/types.ts";
import { readable } from "./readable.ts";

function check(language: Language, source: string, names: string[], isResult = true) {
  return readable("table 1", { language, source, names: new Set(names), isResult }, "rows");
}

test("a table with a name is read by it", () => {
  const by = {
    language: "python",
    source: "df",
    names: new Set<string>(),
    isResult: true,
  } as const;
  expect(readable("df", by, "rows")).toEqual({ from: '"df"', before: [] });
});

test("a Rust cell's table is read by the name that its last line is", () => {
  expect(check("rust", "let best = frame()?;\nbest", ["best"])?.from).toBe('"best"');
  expect(check("rust", "let best = frame()?;\nbest // all", ["best"])?.from).toBe('"best"');
  expect(check("rust", "show(&best);", ["best"], false)).toBeNull();
  expect(check("rust", "frame()?", [])).toBeNull();
});

test("labels of rows become a column first", () => {
  expect(check("python", "by = df.mean()\nby", ["by", "df"])).toEqual({
    from: '"rows"',
    before: [{ language: "python", source: 'rows = by.rename_axis("index").reset_index()' }],
  });
  expect(check("python", "df.describe()", ["df"])).toBeNull();
});

test("a query is read as a part of another", () => {
  expect(check("sql", "select 1 as a;", [])?.from).toBe("(\nselect 1 as a\n) AS shown");
  expect(check("sql", "select 1; select 2", [])).toBeNull();
});

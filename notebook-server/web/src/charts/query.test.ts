import { describe, expect, test } from "vitest";
import type { TableColumn } from "../api/types.ts";
import { type ChartChoice, chartQuery, niceStep, withRows } from "./query.ts";

const columns: TableColumn[] = [
  { name: "genre", type: "string", kind: "text" },
  { name: "Price paid", type: "double", kind: "number" },
  { name: "stars", type: "int64", kind: "number" },
  { name: "at", type: "timestamp[us]", kind: "time" },
];
const choice: ChartChoice = {
  mark: "bar",
  x: "genre",
  y: "Price paid",
  colour: null,
  aggregate: "mean",
};

function sql(change: Partial<ChartChoice>, where: string | null = null): string {
  return chartQuery({ ...choice, ...change }, columns, "'a.csv'", where, { min: 0, max: 100 }).sql;
}

describe("a chart's query", () => {
  test("aggregates by name, the largest first", () => {
    expect(sql({})).toBe(
      'SELECT "genre" AS x, avg("Price paid") AS y\nFROM \'a.csv\'\nWHERE "genre" IS NOT NULL\nGROUP BY 1\nORDER BY y DESC, 1\nLIMIT 50',
    );
    expect(sql({ y: null, aggregate: "count" })).toContain("count(*) AS y");
  });
  test("keeps times in their order, and colours apart", () => {
    const text = sql({ mark: "line", x: "at", colour: "genre", aggregate: "sum" });
    expect(text).toContain('SELECT "at" AS x, "genre" AS colour, sum("Price paid") AS y');
    expect(text).toContain("GROUP BY 1, 2\nORDER BY 1, 2");
  });
  test("cuts numbers into bars of a round width", () => {
    const text = sql({ mark: "histogram", x: "Price paid" });
    expect(text).toContain('floor("Price paid" / 5) * 5 AS x, count(*) AS y');
  });
  test("cuts integers into bars of whole ones", () => {
    const spans = (span: { min: number; max: number }) =>
      chartQuery(
        { mark: "histogram", x: "stars", y: null, colour: null, aggregate: "count" },
        columns,
        "t",
        null,
        span,
      ).sql;
    expect(spans({ min: 1, max: 5 })).toContain('floor("stars" / 1.0) * 1 AS x');
    expect(spans({ min: 0, max: 1000 })).toContain('floor("stars" / 50.0) * 50 AS x');
  });
  test("looks at the filtered rows alone", () => {
    expect(sql({}, '"Price paid" > 5 OR true')).toContain(
      'WHERE ("Price paid" > 5 OR true) AND "genre" IS NOT NULL',
    );
  });
  test("takes rows as they are", () => {
    expect(sql({ mark: "point", x: "at", aggregate: "none" })).not.toContain("GROUP BY");
  });
});

test("steps are round", () => {
  expect([0.3, 1, 1.1, 2.7, 70, 0.0004].map(niceStep)).toEqual([0.5, 1, 2, 5, 100, 0.0005]);
  expect([0, -1, Number.NaN].map(niceStep)).toEqual([1, 1, 1]);
});

test("rows come into the chart by name", () => {
  const spec = withRows(
    { mark: "bar" },
    ["x", "y"],
    [
      ["a", "b"],
      [1, null],
    ],
  );
  expect(spec).toMatchObject({
    data: {
      values: [
        { x: "a", y: 1 },
        { x: "b", y: null },
      ],
    },
  });
});

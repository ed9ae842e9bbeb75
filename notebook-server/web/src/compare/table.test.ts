import { describe, expect, test } from "vitest";
import type { ComparedRun, Comparison } from "../api/types.ts";
import { columns, share, sorted } from "./table.ts";

function run(name: string, parameters: Record<string, unknown>, metrics: Record<string, unknown>) {
  return {
    row: {
      run: name,
      started_at: "2026-11-22T10:00:00Z",
      elapsed_ms: 1000,
      parameters,
    },
    metrics,
  } as unknown as ComparedRun;
}

const ALL = {
  parameters: ["alpha", "model"],
  metrics: ["ndcg"],
  rows: [
    run("a", { alpha: 0.3, model: "ease" }, { ndcg: 0.31 }),
    run("b", { alpha: 10, model: "ease" }, {}),
    run("c", { alpha: 2, model: "ease" }, { ndcg: 0.5 }),
  ],
} as unknown as Comparison;

const named = (title: string) => columns(ALL).find((column) => column.title === title)!;
const order = (title: string, descending: boolean) =>
  sorted(ALL.rows, named(title), descending).map(({ row }) => row.run);

test("what all runs share doesn't differ", () => {
  expect(named("model").differs).toBe(false);
  expect(named("alpha").differs).toBe(true);
});

describe("sorting", () => {
  test("takes numbers as numbers", () => {
    expect(order("alpha", false)).toEqual(["a", "c", "b"]);
    expect(order("alpha", true)).toEqual(["b", "c", "a"]);
  });

  test("puts what is missing last, either way", () => {
    expect(order("ndcg", false)).toEqual(["a", "c", "b"]);
    expect(order("ndcg", true)).toEqual(["c", "a", "b"]);
  });
});

test("a number's place among its column's", () => {
  expect(share(ALL.rows, named("ndcg"), ALL.rows[2]!)).toBe(1);
  expect(share(ALL.rows, named("ndcg"), ALL.rows[1]!)).toBeNull();
  expect(share(ALL.rows, named("took"), ALL.rows[0]!)).toBeNull();
});

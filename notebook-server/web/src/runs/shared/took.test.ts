import { expect, test } from "vitest";
import type { RunRow } from "../../api/types.ts";
import { elapsedBy } from "./took.tsx";

test("what goes on takes longer by the clock; what is over doesn't", () => {
  const row = { status: "running", elapsed_ms: 500 } as RunRow;
  expect(elapsedBy(row, 1_000)).toBe(500);
  expect(elapsedBy(row, 3_000)).toBe(2_500);
  expect(elapsedBy({ ...row, status: "succeeded" } as RunRow, 9_000)).toBe(500);
  expect(elapsedBy({ ...row, elapsed_ms: null } as RunRow, 9_000)).toBeNull();
});

import { expect, test } from "vitest";
import { Kept } from "./kept.ts";

test("what was done with an output is kept for as long as it stands", () => {
  let standing = new Set([1, 2]);
  const kept = new Kept(() => standing);
  const sort = kept.of(1, "sort", () => ({ column: 3 }));
  expect(kept.of(2, "sort", () => ({ column: 0 }))).not.toBe(sort);
  expect(kept.of(1, "sort", () => ({ column: 0 }))).toBe(sort);
  // The first is gone; what is kept of it goes when there is another.
  standing = new Set([2, 3]);
  kept.of(3, "sort", () => ({ column: 0 }));
  expect(kept.of(1, "sort", () => ({ column: 0 }))).not.toBe(sort);
});

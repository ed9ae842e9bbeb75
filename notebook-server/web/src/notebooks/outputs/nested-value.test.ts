import { expect, test } from "vitest";
import { nestedValue } from "./nested-value.ts";

test("what a nested value was is read with care", () => {
  const nested = { type: "dict", items: 2, written: ["/a~1b/0", "/~0"] };
  expect(nestedValue({ flownote: { nested } })).toEqual({
    type: "dict",
    items: 2,
    written: new Set(["/a%2Fb/0", "/~"]),
  });
  for (const flownote of [null, 3, {}, { nested: 3 }, { nested: { type: "list" } }]) {
    expect(nestedValue({ flownote })).toBeNull();
  }
});

import { expect, test } from "vitest";
import { pathTo } from "./tree.tsx";

test("entries that look alike have places of their own", () => {
  const nested = pathTo(pathTo("", "a"), "b");
  expect(pathTo("", "a/b")).not.toBe(nested);
  // The line that shows more of a branch has a place beside its entries.
  expect(pathTo("", "/more")).not.toBe("//more");
});

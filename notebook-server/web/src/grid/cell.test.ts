import { expect, test } from "vitest";
import { decimalsOf } from "./cell.tsx";

test("digits behind the point are those that are shown", () => {
  const decimals = [3, 1.5, -0.125, 1 / 3, 12345678901.5, null, "1.25"].map(decimalsOf);
  expect(decimals).toEqual([0, 1, 3, 7, 0, 0, 0]);
});

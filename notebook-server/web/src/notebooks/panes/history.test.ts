import { expect, test } from "vitest";
import { when } from "./history.tsx";

test("saves of one day are told apart by their time, those of another by day and time", () => {
  const today = new Date();
  today.setHours(9, 41, 7);
  expect(when(today.toISOString())).toBe("09:41");
  const other = new Date(2025, 10, 22, 17, 5);
  expect(when(other.toISOString())).toBe("2025-11-22 17:05");
});

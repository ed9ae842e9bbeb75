import { expect, test } from "vitest";
import { match } from "./commands.ts";

test("letters in their order match, others don't", () => {
  expect(match("grn", "Go to Runs")).not.toBeNull();
  expect(match("zz", "Go to Runs")).toBeNull();
});

test("words as they were typed come before letters strewn about", () => {
  const whole = match("runs", "Go to Runs")!;
  const strewn = match("runs", "Rerun unseen steps")!;
  expect(whole).toBeGreaterThan(strewn);
});

test("nothing typed matches everything alike", () => {
  expect(match("", "anything")).toBe(0);
});

import { expect, test } from "vitest";
import { findBase, to } from "./router.ts";

test("the page finds under which path it is served", () => {
  expect(findBase("http://127.0.0.1:8765/assets/index-x.js", false)).toBe("");
  expect(findBase("http://host/proxy/x/assets/index-x.js", false)).toBe("/proxy/x");
  expect(findBase("http://host/src/router.ts", true)).toBe("");
});

test("addresses keep what is in names", () => {
  expect(to("runs", "A/b", "50%")).toBe("/runs/A%2Fb/50%25");
});

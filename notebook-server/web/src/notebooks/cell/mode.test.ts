import { expect, test } from "vitest";
import type { Language, Mode } from "../protocol/types.ts";
import { modeChange, ownMode } from "./mode.ts";

function check(language: Language, before: string, mode: Mode | null, after: string) {
  const change = modeChange(language, before, mode);
  const text = change
    ? before.slice(0, change.from) + change.insert + before.slice(change.to)
    : before;
  expect(text).toBe(after);
  expect(ownMode(language, text)).toBe(mode);
}

test("a cell without a mode of its own gets one, in its language's comment", () => {
  check("python", "x = 1", "manual", "# flownote: manual\nx = 1");
  check("sql", "select 1", "auto", "-- flownote: auto\nselect 1");
  check("rust", "let x = 1;", "lazy", "//! flownote: lazy\nlet x = 1;");
  check("wasm", "(module)", "manual", ";; flownote: manual\n(module)");
  check(
    "wasm",
    "// export: f(x: f64) -> f64\n",
    "manual",
    "// flownote: manual\n// export: f(x: f64) -> f64\n",
  );
});

test("other words and comments stay", () => {
  check(
    "python",
    "# About\n# flownote: no-cache\nx",
    "manual",
    "# About\n# flownote: no-cache, manual\nx",
  );
  check("python", "# flownote: manual, no-cache\nx", "auto", "# flownote: no-cache, auto\nx");
  check("python", "# flownote: manual, no-cache\nx", null, "# flownote: no-cache\nx");
});

test("the line goes with its last word", () => {
  check("python", "# flownote: manual\nx = 1", null, "x = 1");
});

test("a comment below the code says nothing", () => {
  expect(ownMode("python", "x = 1\n# flownote: manual")).toBeNull();
});

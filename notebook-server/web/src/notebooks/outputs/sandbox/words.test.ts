import { describe, expect, test } from "vitest";
import { fromFrame, fromPage, HIGHEST } from "./words.ts";

describe("what the sandbox says", () => {
  test("is heard when it is one of the words", () => {
    expect(fromFrame({ say: "sized", key: 3, height: 120.5 })).toEqual({
      say: "sized",
      key: 3,
      height: 120.5,
    });
    expect(fromFrame({ say: "want", id: "abc" })).toEqual({ say: "want", id: "abc" });
    expect(fromFrame({ say: "update", id: "a", state: { n: 1 }, more: 1 })).toEqual({
      say: "update",
      id: "a",
      state: { n: 1 },
    });
  });

  test("has bounds", () => {
    expect(fromFrame({ say: "sized", key: 3, height: 1e9 })).toMatchObject({ height: HIGHEST });
    expect(fromFrame({ say: "sized", key: 3, height: -4 })).toMatchObject({ height: 0 });
    const long = fromFrame({
      say: "trouble",
      key: null,
      trouble: "failed",
      text: "x".repeat(9999),
    });
    expect(long && "text" in long && long.text.length).toBe(2000);
  });

  test("is not heard otherwise", () => {
    for (const wrong of [
      null,
      "sized",
      [],
      {},
      { say: "run", code: "1" },
      { say: "sized", key: "3", height: 1 },
      { say: "sized", key: 3, height: Number.NaN },
      { say: "trouble", key: 1, trouble: "<b>", text: "x" },
      { say: "leave", key: 1, to: "_top" },
      { say: "want", id: "" },
      { say: "want", id: "x".repeat(500) },
      { say: "update", id: "a", state: [1] },
      { say: "custom", id: "a", content: 1, buffers: ["x"] },
    ]) {
      expect(fromFrame(wrong)).toBeNull();
    }
  });
});

test("the sandbox hears the page's words alone", () => {
  const show = { say: "show", key: 1, label: "x", content: { kind: "html", html: "<b>" } };
  expect(fromPage(show)).toBe(show);
  expect(fromPage({ ...show, content: { kind: "url", url: "x" } })).toBeNull();
  expect(fromPage({ say: "place", places: [{ key: 1, x: 0, y: 0, width: "9" }] })).toBeNull();
  expect(fromPage({ say: "look", scheme: "light", tokens: { a: 1 } })).toBeNull();
});

import { expect, test, vi } from "vitest";

// Panes ask how wide the window is, and there is none here.
vi.hoisted(() => {
  Object.assign(globalThis, { matchMedia: () => ({ matches: false, addEventListener() {} }) });
});

import { ACTIONS } from "./actions.ts";
import { Keys, keyLabel } from "./bindings.ts";

test("a key means one thing", () => {
  for (const mode of ["command", "edit"] as const) {
    const keys = ACTIONS.flatMap((action) => action[mode] ?? []);
    expect(new Set(keys).size).toBe(keys.length);
  }
});

test("a pair of keys needs both, soon after one another", () => {
  const keys = new Keys("command");
  expect(keys.press("D", 0)).toBe("begun");
  expect(keys.press("D", 300)).toMatchObject({ id: "delete" });
  expect(keys.press("D", 400)).toBe("begun");
  expect(keys.press("D", 5000)).toBe("begun");
  expect(keys.press("J", 5100)).toMatchObject({ id: "next" });
  expect(keys.press("D", 5200)).toBe("begun");
  expect(keys.press("Q", 5300)).toBeNull();
});

test("keys are shown as they are pressed", () => {
  expect(keyLabel("D D")).toBe("d d");
  expect(keyLabel("Shift+Enter")).toBe("Shift Enter");
  expect(keyLabel("Alt+ArrowUp")).toBe("Alt ↑");
});

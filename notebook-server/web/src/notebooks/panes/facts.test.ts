import { expect, test } from "vitest";
import type { Language } from "../protocol/types.ts";
import { factsOf } from "./facts.ts";
import { link, symbols } from "./names.ts";

const python = (source: string) => factsOf("python", source);

test("what Python binds and what it reads before", () => {
  const facts = python(
    "import numpy as np\nfrom a.b import c, d as e\nx, y = rows, 2\nz = x + other\n",
  );
  expect(facts.imports).toEqual(["np", "c", "e"]);
  expect(facts.defines).toEqual(["x", "y", "z"]);
  expect(facts.uses).toEqual(["rows", "other"]);
});

test("a function's own names are its own", () => {
  const facts = python("def f(a, b=start):\n    c = a + outside\n    return [n * c for n in b]\n");
  expect(facts.defines).toEqual(["f"]);
  expect(facts.uses.sort()).toEqual(["outside", "start"]);
});

test("a column that is set makes the frame's next version", () => {
  const facts = python('df["b"] = df["a"] * factor');
  expect(facts.defines).toEqual(["df"]);
  expect(facts.uses.sort()).toEqual(["df", "factor"]);
});

test("lines for the shell and broken code are no reason to fail", () => {
  expect(python("!ls\n%time f(x)\ny = 1").defines).toEqual(["y"]);
  expect(python("def f(:\n  x = ").uses).toBeDefined();
});

test("SQL names its result in a comment, and reads tables", () => {
  const facts = factsOf(
    "sql",
    "-- out: best\nWITH t AS (SELECT * FROM ratings) SELECT 'members' FROM t",
  );
  expect(facts.defines).toEqual(["best"]);
  expect(facts.uses).toContain("ratings");
  expect(facts.uses).not.toContain("members");
  expect(facts.uses).not.toContain("t");
});

test("Rust and WASM", () => {
  expect(factsOf("rust", "let mut model = fit(&ratings);\nfn helper() {}").defines).toEqual([
    "model",
    "helper",
  ]);
  expect(factsOf("rust", "let m = fit(&ratings);").uses).toContain("ratings");
  expect(factsOf("wasm", ";; export: close(a: f64) -> f64\n(module)").defines).toEqual(["close"]);
});

function cells(...given: [string, Language, string][]) {
  return given.map(([id, language, source]) => ({
    id,
    language,
    facts: factsOf(language, source),
    defined: null,
  }));
}

test("a name is read from the nearest cell above that makes it", () => {
  const all = cells(
    ["a", "python", "x = 1"],
    ["b", "python", "x = x + 1"],
    ["c", "sql", "-- out: t\nselect * from X"],
    ["d", "python", "print(t, y)"],
    ["e", "python", "y = 2"],
  );
  const names = link(all);
  expect(Object.fromEntries(names.get("b")!.reads)).toEqual({ x: "a" });
  expect(Object.fromEntries(names.get("c")!.reads)).toEqual({ x: "b" });
  expect(Object.fromEntries(names.get("d")!.reads)).toEqual({ t: "c" });
  const found = symbols(all, names);
  expect(found.map(({ name, cell }) => [name, cell])).toEqual([
    ["x", "b"],
    ["t", "c"],
    ["y", "e"],
  ]);
  expect(found.find(({ name }) => name === "x")?.usedIn).toEqual(["c"]);
});

import { expect, test } from "vitest";
import { drawCells } from "./graph-layout.ts";
import type { CellNames } from "./names.ts";

const names = (reads: Record<string, string>, imports: Record<string, string> = {}): CellNames => ({
  defines: [],
  reads: new Map(Object.entries(reads)),
  imports: new Map(Object.entries(imports)),
});

test("whoever uses a module of another cell is joined to it, and told from who uses a value", () => {
  const found = new Map([
    ["a", names({})],
    ["b", names({}, { np: "a" })],
    ["c", names({ x: "b" }, { np: "a", pd: "a" })],
    ["d", names({ y: "a" }, { np: "a" })],
  ]);
  const joined = ["b<a import", "c<a import", "c<b", "d<a"];
  // Side by side, and one below the other.
  for (const more of [0, 40]) {
    const others = Array.from({ length: more }, (_, at) => `other${at}`);
    for (const other of others) found.set(other, names({ x: "b" }));
    const { lines } = drawCells(["a", "b", "c", "d", ...others], found);
    const told = lines
      .filter(({ to }) => !to.startsWith("other"))
      .map(({ from, to, isImport }) => `${to}<${from}${isImport ? " import" : ""}`);
    expect(told.sort()).toEqual(joined);
  }
});

test("of cells beside one another the first stands on the left", () => {
  const found = new Map([
    ["a", names({})],
    ["b", names({})],
    ["c", names({ y: "b" })],
    ["d", names({ x: "a" })],
  ]);
  const { cells, look } = drawCells(["a", "b", "c", "d"], found);
  const x = Object.fromEntries(cells.map((cell) => [cell.id, cell.x]));
  expect(look).toBe("layers");
  expect(x.a).toBeLessThan(x.b!);
  // No line crosses another.
  expect(x.d).toBeLessThan(x.c!);
});

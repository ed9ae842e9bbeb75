import { expect, test } from "vitest";
import type { CellLinks, DefinedName, Language, NameKind } from "../protocol/types.ts";
import { type LinkedCell, link, symbols } from "./names.ts";

function made(name: string, kind: NameKind = "value", type: string | null = null): DefinedName {
  return { name, kind, type, summary: null, live: false };
}

function cell(
  id: string,
  defined: DefinedName[],
  used: CellLinks["used"] = {},
  language: Language = "python",
): LinkedCell {
  return { id, language, links: { defined, used, all: null } };
}

test("modules and private names are not shown, the rest is by its newest maker", () => {
  const cells = [
    cell("a", [made("np", "import"), made("x", "value", "int"), made("_y")]),
    cell("b", [made("x", "changed")], { np: "a", x: "a" }),
    cell("c", [made("t")], { x: "b" }, "sql"),
    { id: "d", language: "python" as const, links: null },
  ];
  const names = link(cells);
  expect(names.get("a")?.defines).toEqual(["x"]);
  expect(Object.fromEntries(names.get("b")?.reads ?? [])).toEqual({ x: "a" });
  expect(Object.fromEntries(names.get("b")?.imports ?? [])).toEqual({ np: "a" });
  expect(names.get("d")?.defines).toEqual([]);
  const found = symbols(cells, names);
  expect(found.map(({ name, cell, usedIn }) => [name, cell, usedIn])).toEqual([
    ["x", "b", ["c"]],
    ["t", "c", []],
  ]);
});

import { expect, test } from "vitest";
import { Problem } from "../../api/problem.ts";
import { numbered } from "./numbered.ts";

test("cells are called by their numbers, as far as they have some", () => {
  const text = { what: "cell `b-1` was typed in since, cell `gone` too", where: null, hint: "now" };
  const said = numbered(new Problem(text, 0), new Map([["b-1", 2]]));
  expect(said.what).toBe("cell 2 was typed in since, cell `gone` too");
  expect(said.hint).toBe("now");
});

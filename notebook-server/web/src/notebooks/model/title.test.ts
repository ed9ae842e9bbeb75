import { expect, test } from "vitest";
import { firstLine } from "./title.ts";

test("a cell is called by the first line that says something", () => {
  expect(firstLine("\n  import numpy as np\nx = 1")).toBe("import numpy as np");
  expect(firstLine("#\n# Load the ratings\nload()")).toBe("Load the ratings");
  expect(firstLine("-- out: best\nselect 1")).toBe("out: best");
  expect(firstLine("//! dep: rand\nlet x = 1;")).toBe("dep: rand");
  expect(firstLine("")).toBe("");
});

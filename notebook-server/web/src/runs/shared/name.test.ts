import { expect, test } from "vitest";
import { runName } from "./name.ts";

test("a notebook's run is called by its file, a flow's by the flow", () => {
  expect(runName({ flow: "Notebook", file: "reports/digest.ipynb" })).toBe("digest.ipynb");
  expect(runName({ flow: "Notebook", file: null })).toBe("Notebook");
  expect(runName({ flow: "Shop", file: "shop.py" })).toBe("Shop");
});

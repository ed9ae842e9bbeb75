/** Having ruff look at a notebook: what it finds stands beside the lines. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { NotebookOnPage, until, writeNotebook } from "./support/notebook.mjs";
import { makeWorld } from "./support/world.mjs";

const world = makeWorld(async (project) => {
  writeNotebook(project, "lint.ipynb", [
    ["above", "import os\nbase = 1"],
    ["query", "%%sql\nSELECT 1 AS one"],
    ["below", "print('é😀', base == None)\nprint(nowhere)"],
    ["fine", "print(base)"],
  ]);
  writeFileSync(join(project.folder, "ruff.toml"), 'lint.select = ["E711", "F401", "F821"]\n');
});
const book = new NotebookOnPage(world);
const toast = (text) => world.page.getByText(text).first();
const marks = async (id) => (await book.cell(id)).locator(".cm-lint-marker-warning").count();

/** Chooses it in the cell's menu. */
async function check(id) {
  await (await book.cell(id)).getByRole("button", { name: "More for this cell" }).click();
  await world.page.getByRole("menuitem", { name: "Check with ruff" }).click();
}

describe("ruff", () => {
  test("finds what is wrong in all Python cells, and knows what cells above make", async () => {
    await book.open("lint.ipynb");
    await check("below");
    await toast("ruff finds 3 things in cells 1, 3").waitFor();
    await until(() => marks("above"), (count) => count === 1, "the unused import is marked");
    await until(() => marks("below"), (count) => count === 2, "both lines are marked");
    assert.equal(await marks("fine"), 0);
    const cell = await book.cell("below");
    await cell.locator(".cm-lint-marker-warning").first().hover();
    await world.page.locator(".cm-tooltip-lint").getByText(/None.*\(E711\)/).waitFor();
    const marked = await cell.locator(".cm-lintRange-warning").allInnerTexts();
    assert.deepEqual(marked, ["None", "nowhere"]);
    await world.page.mouse.move(700, 20);
  });

  test("says nothing of a text that it did not read", async () => {
    await book.rewrite("below", "print('é😀', base is None)");
    await until(() => marks("below"), (count) => count === 0, "what was typed anew isn't marked");
    await book.rewrite("above", "base = 1");
    // The palette has it, too.
    await world.page.keyboard.press("Control+Shift+p");
    await world.page.keyboard.type("Check with ruff");
    await world.page.keyboard.press("Enter");
    await toast("ruff finds nothing in 3 Python cells").waitFor();
  });
});

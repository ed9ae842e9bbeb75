/** Having programs look at a notebook's cells: what they find stands beside the lines. */
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
  writeNotebook(project, "rust.ipynb", [
    ["number", "n = 3"],
    ["types", "%%rust\nstruct Model { a: f64 }\nfn twice(m: &Model) -> f64 { 2.0 * m.a }"],
    ["makes", "%%rust\nlet model = Model { a: 1.5 };\nlet mut count = 3;"],
    ["reads", "%%rust\nlet é = \"😀\"; let wide: i64 = count;\ntwice(model)"],
    ["other", "%%rust\nn + 1"],
  ]);
  writeFileSync(join(project.folder, "ruff.toml"), 'lint.select = ["E711", "F401", "F821"]\n');
});
const book = new NotebookOnPage(world);
const toast = (text) => world.page.getByText(text).first();
const marks = async (id, kind = "warning") =>
  (await book.cell(id)).locator(`.cm-lint-marker-${kind}`).count();

/** Chooses it in the cell's menu. */
async function check(id) {
  await (await book.cell(id)).getByRole("button", { name: "More for this cell" }).click();
  await world.page.getByRole("menuitem", { name: "Check the code" }).click();
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
    await world.page.keyboard.type("Check the code");
    await world.page.keyboard.press("Enter");
    await toast("ruff finds nothing in 3 Python cells").waitFor();
  });
});

describe("rustc", () => {
  test("looks at the Rust cells with what the cells above make, and runs none", async () => {
    await book.open("rust.ipynb");
    await check("reads");
    await toast("rustc finds 3 things in cells 3, 4, 5").waitFor();
    await toast("ruff finds nothing in 1 Python cell").waitFor();
    await until(() => marks("reads", "error"), (count) => count === 1, "the type is marked");
    await until(() => marks("makes"), (count) => count === 1, "so is the needless `mut`");
    const cell = await book.cell("reads");
    assert.deepEqual(await cell.locator(".cm-lintRange-error").allInnerTexts(), ["count"]);
    await cell.locator(".cm-lint-marker-error").hover();
    const told = world.page.locator(".cm-tooltip-lint");
    await told.getByText(/expected i64, found i32.*\(E0308\)/).waitFor();
    await world.page.mouse.move(700, 20);
    assert.equal(await book.status("makes"), "never_run");
  });

  test("says of which value it doesn't know the type, and knows it once the value is made", async () => {
    const mark = (await book.cell("other")).locator(".cm-lint-marker-warning");
    await mark.hover();
    await world.page.locator(".cm-tooltip-lint").getByText(/run cell 1/).waitFor();
    await world.page.mouse.move(700, 20);
    await book.runs("number");
    await book.rewrite("makes", "let model = Model { a: 1.5 };\nlet count = 3;");
    await book.rewrite("reads", "let wide: i32 = count;\n(wide, twice(model))");
    await until(
      async () => {
        await check("reads");
        return world.page.getByText("rustc finds nothing in 4 Rust cells").count();
      },
      (count) => count > 0,
      "all is known, and right",
    );
    await until(() => marks("other"), (count) => count === 0, "the mark is gone");
  });
});

/** Tables that cells show, in a grid of all their rows; charts of them that become cells. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { NotebookOnPage, readNotebook, until, writeNotebook } from "./support/notebook.mjs";
import { makeWorld } from "./support/world.mjs";

const ROWS = 50_000;
const BIG = `import pandas as pd
big = pd.DataFrame({"n": range(${ROWS}), "word": [f"w{i % 7}" for i in range(${ROWS})]})
big`;

const world = makeWorld(async (project) => {
  writeNotebook(project, "frames.ipynb", [
    ["big", BIG],
    ["part", "big[big.n % 2 == 1]"],
    ["query", "%%sql\nSELECT n, n * 2 AS twice, word FROM big ORDER BY n DESC"],
    ["lazy", "%%sql\nSELECT n + 1 AS next FROM big WHERE n >= 10000"],
    ["few", "%%sql\n-- out: words\nSELECT word, count(*) AS times FROM big GROUP BY word ORDER BY word"],
    ["later", "big['n'] = -big['n']"],
    ["text", "import polars as pl\npl.DataFrame({'a': list(range(300)), 'b': ['é'] * 300})"],
    ["rust", '%%rust\nFrame::new().with("square", (0..2000i64).map(|n| n * n).collect::<Vec<_>>())'],
    ["tall", "# as high as it is\n".repeat(300)],
  ]);
});
const book = new NotebookOnPage(world);
const grid = async (id) => (await book.cell(id)).getByRole("grid");
const at = async (id, row, column) => (await grid(id)).locator(`[data-cell="${row}:${column}"]`);
const says = async (id, row, column, expected) =>
  (await at(id, row, column)).filter({ hasText: expected }).first().waitFor();
const foot = async (id) => (await book.cell(id)).locator(".grid-foot");

describe("a frame that a cell shows", () => {
  test("is a grid of all its rows, sorted, filtered and summed up", async () => {
    await book.open("frames.ipynb");
    await book.runs("big");
    await says("big", 0, 0, "0");
    assert.match(await (await foot("big")).innerText(), /50,000 rows, 2 columns/);
    await (await grid("big")).focus();
    await world.page.keyboard.press("Control+End");
    await says("big", ROWS - 1, 0, "49999");
    const head = (await grid("big")).getByRole("columnheader", { name: /^word/ });
    await head.getByText("7 different").waitFor();
    await (await grid("big")).getByRole("columnheader", { name: /^n/ }).first().locator("svg.bars").waitFor();
    await head.click();
    await head.click();
    await says("big", 0, 1, "w6");
    const cell = await book.cell("big");
    await cell.getByRole("searchbox", { name: "Search all columns" }).fill("w3");
    await (await foot("big")).getByText("7,143 of 50,000 rows").waitFor();
    await world.browser.checkAccessibility("a frame");
  });

  test("is stored as other programs know it", async () => {
    await book.saved();
    const file = join(world.project.folder, "frames.ipynb");
    await until(() => readNotebook(file, "outputs").get("big").length, (count) => count === 1, "saved");
    const [output] = readNotebook(file, "outputs").get("big");
    assert.deepEqual(Object.keys(output.data).sort(), ["text/html", "text/plain"]);
    assert.match([output.data["text/html"]].flat().join(""), /50000 rows × 2 columns/);
  });

  test("has its grid without a name, of Python, SQL and Rust, held or asked again", async () => {
    await book.runs("part");
    await (await foot("part")).getByText("25,000 rows").waitFor();
    await says("part", 1, 0, "3");
    await book.runs("query");
    await says("query", 0, 1, "99998");
    await (await grid("query")).focus();
    await world.page.keyboard.press("Control+End");
    await says("query", ROWS - 1, 0, "0");
    await book.runs("lazy");
    await (await grid("lazy")).focus();
    await world.page.keyboard.press("Control+End");
    await says("lazy", ROWS - 10_001, 0, "50000");
    await book.runs("text");
    await says("text", 2, 1, "é");
    await book.runs("rust");
    await says("rust", 3, 0, /^9$/);
    await (await grid("rust")).focus();
    await world.page.keyboard.press("Control+End");
    await says("rust", 1999, 0, "3,996,001");
  });

  test("of few rows is a grid, too, as soon as its kernel can give it", async () => {
    await book.runs("few");
    await says("few", 6, 1, "7142");
    await (await foot("few")).getByText("7 rows, 2 columns").waitFor();
  });

  test("is as it was left when its cell comes back into sight", async () => {
    const cell = await book.cell("few");
    await (await grid("few")).getByRole("columnheader", { name: /^times/ }).click();
    await cell.getByRole("searchbox", { name: "Search all columns" }).fill("w3");
    await (await foot("few")).getByText("1 of 7 rows").waitFor();
    await cell.getByRole("button", { name: "Chart" }).click();
    const chart = cell.getByRole("region", { name: "Chart" });
    await chart.getByRole("combobox", { name: "x" }).selectOption("times");
    await book.focus("text");
    await book.cell("tall");
    await until(() => world.page.locator('[data-cell="few"]').count(), (count) => count === 0, "the cell is taken from the page");
    await book.cell("few");
    await (await foot("few")).getByText("1 of 7 rows").waitFor();
    assert.equal(await cell.getByRole("searchbox", { name: "Search all columns" }).inputValue(), "w3");
    assert.equal(await chart.getByRole("combobox", { name: "x" }).inputValue(), "times");
    await cell.getByRole("button", { name: "Chart" }).click();
  });

  test("stays what it was when a cell below changes it", async () => {
    await book.runs("later");
    await book.open("frames.ipynb");
    await says("big", 3, 0, /^3$/);
  });

  test("leaves letters alone: they delete no cell", async () => {
    const before = await book.order();
    await (await grid("big")).focus();
    for (const key of ["d", "d", "x", "b"]) await world.page.keyboard.press(key);
    assert.deepEqual(await book.order(), before);
    await world.page.keyboard.press("Escape");
    await until(() => book.focused(), (id) => id === "big", "the cell has the focus");
  });

  test("is copied as a spreadsheet reads it", async () => {
    await (await at("big", 0, 0)).click();
    await (await at("big", 1, 1)).click({ modifiers: ["Shift"] });
    const cell = await book.cell("big");
    await cell.getByRole("button", { name: "Copy", exact: true }).click();
    await world.page.getByRole("menuitem", { name: "Copy as CSV" }).click();
    await world.page.getByText("Copied 2 rows as CSV").first().waitFor();
    const clip = await world.page.evaluate(() => navigator.clipboard.readText());
    assert.equal(clip, "n,word\n0,w0\n1,w1\n");
  });

  test("is looked at in light, dark and a narrow window", async () => {
    await book.cell("query");
    await says("query", 0, 1, "99998");
    await world.browser.shoot("notebook-frame");
    await world.browser.look("dark");
    await world.browser.shoot("notebook-frame-dark");
    await world.browser.look("light", 520, 900);
    await book.cell("query");
    await world.browser.shoot("notebook-frame-narrow");
    await world.browser.look("light");
  });

  test("is opened from the symbols", async () => {
    const symbols = world.page.getByRole("region", { name: "Symbols" });
    await symbols.getByRole("button", { name: /words/ }).click();
    await symbols.getByRole("link", { name: "Open as table" }).click();
    await world.page.getByRole("heading", { name: "words" }).waitFor();
    const table = world.page.getByRole("grid");
    await table.locator('[data-cell="0:0"]', { hasText: "w0" }).waitFor();
    await world.page.getByRole("button", { name: "Chart" }).click();
    await world.page.getByRole("region", { name: "Chart" }).locator(".chart svg").waitFor();
    await world.page.getByRole("link", { name: "frames.ipynb" }).click();
    await world.page.locator("article").first().waitFor();
  });
});

describe("a chart of a frame", () => {
  const chart = async (id) => (await book.cell(id)).getByRole("region", { name: "Chart" });
  const bars = (place) => place.locator(".chart svg .mark-rect path").count();

  test("becomes cells below that show the same", async () => {
    await book.open("frames.ipynb");
    await says("big", 0, 0, "0");
    await (await book.cell("big")).getByRole("button", { name: "Chart" }).click();
    const built = await chart("big");
    await until(() => bars(built), (count) => count === 7, "a bar for each word");
    await world.browser.checkAccessibility("a chart in a notebook");
    await world.browser.shoot("notebook-frame-chart");
    const before = await book.order();
    await built.getByRole("button", { name: "Insert as cell" }).click();
    const [sql, python] = await until(
      async () => (await book.order()).filter((id) => !before.includes(id)),
      (found) => found.length === 2,
      "two cells were inserted",
    );
    assert.deepEqual((await book.order()).slice(0, 3), ["big", sql, python]);
    assert.match(await book.text(sql), /-- out: chart_data\n[\s\S]*FROM "big"/);
    const shown = await book.cell(python);
    await until(() => bars(shown), (count) => count === 7, "the cell shows the chart");
  });

  test("takes another name when there is one already, and the query of a nameless result", async () => {
    await says("query", 0, 1, "99998");
    await (await book.cell("query")).getByRole("button", { name: "Chart" }).click();
    const built = await chart("query");
    await until(() => bars(built), (count) => count > 0, "bars");
    const before = await book.order();
    await built.getByRole("button", { name: "Insert as cell" }).click();
    const [sql, python] = await until(
      async () => (await book.order()).filter((id) => !before.includes(id)),
      (found) => found.length === 2,
      "two cells were inserted",
    );
    assert.match(await book.text(sql), /-- out: chart_data_2\n[\s\S]*FROM \(\nSELECT n, n \* 2/);
    const shown = await book.cell(python);
    await until(() => bars(shown), (count) => count > 0, "the cell shows the chart");
  });

  test("of what no cell can name is only looked at", async () => {
    await (await book.cell("part")).getByRole("button", { name: "Chart" }).click();
    const built = await chart("part");
    await built.getByText("give the table a name in its cell").waitFor();
    assert.ok(await built.getByRole("button", { name: "Insert as cell" }).isDisabled());
  });
});

describe("when the kernel is gone", () => {
  test("the record has the rows, else what the file stores is shown and said", async () => {
    await book.saved();
    await world.page.getByRole("button", { name: "More for the notebook" }).click();
    await world.page.getByRole("menuitem", { name: /End the session/ }).click();
    await world.page.getByRole("button", { name: "End the session" }).click();
    await world.page.getByText("Nothing runs.").waitFor();
    await book.open("frames.ipynb");
    const named = await book.cell("big");
    await named.getByRole("button", { name: "Open all 50,000 rows" }).click();
    await says("big", 3, 0, /^3$/);
    const nameless = await book.cell("part");
    await nameless.getByRole("button", { name: "Open all 25,000 rows" }).click();
    await nameless.getByText("This is what the notebook stores").waitFor();
    await nameless.getByText("25000 rows × 2 columns").waitFor();
    await world.browser.shoot("notebook-frame-stored");
    // Asked for by hand, and refused: the browser's log says so, too.
    world.browser.complaints.length = 0;
  });
});

/** A table in a grid: sorted, filtered, searched, summed up, walked by keys, copied. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { makeWorld } from "./support/world.mjs";

const ROWS = 400_000;
const WIDE = 10_000;

const world = makeWorld(async (project) => {
  const lines = ["id,word,amount,day"];
  for (let id = 0; id < ROWS; id += 1) {
    const amount = id % 10 === 3 ? "" : ((id * 7919) % 10_007) / 10;
    lines.push(`${id},w${id % 997},${amount},2026-0${1 + (id % 9)}-01`);
  }
  writeFileSync(join(project.folder, "long.csv"), `${lines.join("\n")}\n`);
  const names = Array.from({ length: WIDE }, (_, at) => `c${at}`);
  const wide = Array.from({ length: 30 }, (_, row) => names.map((_, at) => row * WIDE + at).join(","));
  writeFileSync(join(project.folder, "wide.csv"), `${names.join(",")}\n${wide.join("\n")}\n`);
  writeFileSync(join(project.folder, "empty.csv"), "a,b\n");
  return { shop: (await project.flow("shop.py")).run };
});

const grid = () => world.page.getByRole("grid");
const cell = (row, column) => grid().locator(`[data-cell="${row}:${column}"]`);
const head = (name) => grid().getByRole("columnheader", { name }).first();
const foot = () => world.page.locator(".grid-foot");
const text = async (row, column) => (await cell(row, column).innerText()).trim();
/** Waits until a cell says something. */
const says = (row, column, expected) =>
  cell(row, column).filter({ hasText: expected }).first().waitFor();
const open = async (file) => {
  await world.browser.go(`/data?file=${file}`);
  await grid().waitFor();
};

describe("an artifact", () => {
  test("is shown with its rows and its maker", async () => {
    await world.browser.go(`/data?artifact=Shop/${world.runs.shop}/start/0/sales`);
    await says(0, 0, "item 0");
    assert.match(await foot().innerText(), /120 rows, 4 columns/);
    assert.equal(await grid().getAttribute("aria-rowcount"), "121");
    assert.equal(await text(4, 2), "null");
    assert.equal(await text(7, 3), "null");
    const maker = world.page.getByRole("link", { name: "start/0" });
    assert.match(await maker.getAttribute("href"), new RegExp(`/runs/Shop/${world.runs.shop}/start/0`));
  });

  test("is sorted by a click, back by the third", async () => {
    await head(/^price/).click();
    await says(0, 0, "item 0");
    await head(/^price/).click();
    await says(0, 0, "item 119");
    assert.equal(await head(/^price/).getAttribute("aria-sort"), "descending");
    // Nulls are last, whichever way.
    await grid().focus();
    await world.page.keyboard.press("Control+End");
    await says(119, 2, "null");
    await head(/^price/).click();
    await says(0, 0, "item 0");
    assert.equal(await head(/^price/).getAttribute("aria-sort"), "none");
  });

  test("shows in its heads what columns are made of", async () => {
    await head(/^price/).locator("svg.bars").waitFor();
    await head(/^price/).getByText("11 % null").waitFor();
    await head(/^town/).getByText("1 different").waitFor();
    await head(/^title/).getByText("120 different", { exact: true }).waitFor();
  });

  test("is filtered by what is typed, and says what it can't read", async () => {
    await world.page.getByRole("button", { name: "Filter and summary of sold" }).click();
    const card = world.page.getByRole("dialog", { name: "Column sold" });
    await card.getByText("1st quartile").waitFor();
    await card.getByRole("textbox").fill("> many");
    await card.getByText("is no number").waitFor();
    await card.getByRole("textbox").fill(">= 16");
    await card.getByRole("textbox").press("Enter");
    await card.waitFor({ state: "detached" });
    await foot().getByText("7 of 120 rows").waitFor();
    await world.page.getByRole("button", { name: "Take the filter of sold away" }).click();
    await foot().getByText("120 rows, 4 columns").waitFor();
  });

  test("is searched in all columns", async () => {
    await world.page.getByRole("searchbox", { name: "Search all columns" }).fill("ITEM 11");
    await foot().getByText("11 of 120 rows").waitFor();
    await says(1, 0, "item 110");
    await world.page.getByRole("searchbox", { name: "Search all columns" }).fill("nobody");
    await world.page.getByText("No row fits.").waitFor();
    await world.page.getByRole("searchbox", { name: "Search all columns" }).fill("");
    await says(0, 0, "item 0");
  });

  test("is copied as it was chosen", async () => {
    await cell(0, 0).click();
    await cell(2, 1).click({ modifiers: ["Shift"] });
    await foot().getByText("3 rows × 2 columns chosen").waitFor();
    await world.page.keyboard.press("Control+c");
    await world.page.getByText("Copied 3 rows as TSV").first().waitFor();
    const clip = () => world.page.evaluate(() => navigator.clipboard.readText());
    assert.equal(await clip(), "title\tsold\nitem 0\t0\nitem 1\t3\nitem 2\t6\n");
    await world.page.getByRole("button", { name: "Copy", exact: true }).click();
    await world.page.getByRole("menuitem", { name: "Copy as Markdown" }).click();
    await world.page.getByText("Copied 3 rows as Markdown").first().waitFor();
    assert.match(await clip(), /^\| title \| sold \|\n\| --- \| --- \|\n\| item 0 \| 0 \|/);
  });
});

describe("a long table", () => {
  test("is walked by keys, from the first row to the last", async () => {
    await open("long.csv");
    await says(0, 0, "0");
    await grid().focus();
    await world.page.keyboard.press("Control+End");
    await says(ROWS - 1, 0, "399,999");
    const active = await grid().getAttribute("aria-activedescendant");
    assert.equal(await world.page.locator(`#${CSS(active)}`).getAttribute("aria-rowindex"), null);
    assert.match(active, new RegExp(`-${ROWS - 1}-3$`));
    await world.page.keyboard.press("Control+Home");
    await says(0, 0, "0");
    await world.page.keyboard.press("PageDown");
    await world.page.keyboard.press("ArrowDown");
    await world.page.keyboard.press("End");
    const at = Number((await grid().getAttribute("aria-activedescendant")).split("-").at(-2));
    assert.ok(at > 10 && at < 60, `${at}`);
    await world.page.keyboard.press("Control+Home");
    // Up from the first row are the heads: Enter sorts.
    await world.page.keyboard.press("ArrowUp");
    await world.page.keyboard.press("ArrowRight");
    await world.page.keyboard.press("ArrowRight");
    await world.page.keyboard.press("Enter");
    await says(0, 2, /^0$/);
    await world.page.keyboard.press("Enter");
    await says(0, 2, /^1000\.6$/);
  });

  test("is reached everywhere by its bar, and by the wheel row for row", async () => {
    await open("long.csv");
    await says(0, 0, "0");
    const box = world.page.locator(".grid-box");
    await box.evaluate((at) => {
      at.scrollTop = at.scrollHeight;
    });
    await says(ROWS - 1, 0, "399,999");
    await box.evaluate((at) => {
      at.scrollTop = 0;
    });
    await says(0, 0, "0");
    await box.hover();
    await world.page.mouse.wheel(0, 260);
    await says(10, 0, "10");
    const first = await cell(10, 0).boundingBox();
    const top = await box.boundingBox();
    assert.ok(Math.abs(first.y - top.y - 48) < 30, `${first.y} ${top.y}`);
  });

  test("exists only as far as it is seen", async () => {
    const rows = await world.page.locator(".grid-row").count();
    assert.ok(rows > 5 && rows < 80, `${rows} rows`);
  });
});

describe("a wide table", () => {
  test("shows its ten-thousandth column, and no others than are seen", async () => {
    await open("wide.csv");
    await says(0, 0, "0");
    assert.equal(await grid().getAttribute("aria-colcount"), String(WIDE + 1));
    await grid().focus();
    await world.page.keyboard.press("Control+End");
    await says(29, WIDE - 1, "299,999");
    const cells = await world.page.locator(".grid-row [role=gridcell]").count();
    assert.ok(cells < 1500, `${cells} cells`);
    await head(/^c9999/).click();
    await world.page.keyboard.press("Control+Home");
    await says(0, 0, "0");
  });

  test("has columns that are drawn wider, by mouse and by keys", async () => {
    const width = async () => (await head(/^c0/).boundingBox()).width;
    const before = await width();
    const edge = await head(/^c0/).locator(".handle").boundingBox();
    await world.page.mouse.move(edge.x + 2, edge.y + 10);
    await world.page.mouse.down();
    await world.page.mouse.move(edge.x + 82, edge.y + 10, { steps: 4 });
    await world.page.mouse.up();
    assert.ok((await width()) > before + 60, `${before} ${await width()}`);
    await grid().focus();
    await world.page.keyboard.press("Control+Home");
    const drawn = await width();
    await world.page.keyboard.press("Alt+ArrowLeft");
    await world.page.waitForFunction(
      (was) => document.querySelector("[role=columnheader].head").getBoundingClientRect().width < was,
      drawn,
    );
  });
});

describe("a table without rows", () => {
  test("says so", async () => {
    await open("empty.csv");
    await world.page.getByText("The table has no rows.").waitFor();
  });
});

/** An id as a selector has it. */
function CSS(id) {
  return id.replace(/[^\w-]/g, (letter) => `\\${letter}`);
}

/** The place Data: what there is, a look at it, queries over it, charts of it. */
import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { makeWorld } from "./support/world.mjs";

const world = makeWorld(async (project) => {
  mkdirSync(join(project.folder, "films"));
  const lines = ["film,genre,stars,seen"];
  for (let film = 0; film < 500; film += 1)
    lines.push(`Film ${film},${["Drama", "Comedy", "Noir"][film % 3]},${(film * 37) % 100},2026-11-${10 + (film % 9)}`);
  writeFileSync(join(project.folder, "films/ratings.csv"), `${lines.join("\n")}\n`);
  writeFileSync(join(project.folder, "../flownote-secret.csv"), "word\nxyzzy\n");
  symlinkSync("../flownote-secret.csv", join(project.folder, "sly.csv"));
  return { shop: (await project.flow("shop.py")).run };
});

const tree = () => world.page.getByRole("tree", { name: "Tables" });
const item = (name) => tree().getByRole("treeitem", { name });
const grid = () => world.page.getByRole("grid");
const cell = (row, column) => grid().locator(`[data-cell="${row}:${column}"]`);
const editor = () => world.page.getByRole("textbox", { name: "SQL query" });
const status = () => world.page.locator(".query-bar [role=status]");

async function ask(sql) {
  await world.browser.go("/data");
  await askHere(sql);
}

async function askHere(sql) {
  await editor().click();
  await world.page.keyboard.press("Control+a");
  await world.page.keyboard.insertText(sql);
  await world.page.keyboard.press("Control+Enter");
}

describe("the tree", () => {
  test("goes down to a run's tables by keys", async () => {
    await world.browser.go("/data");
    await item("Shop").waitFor();
    await item("Artifacts").focus();
    await world.page.keyboard.press("ArrowDown");
    await world.page.keyboard.press("ArrowRight");
    await tree().locator("[aria-level='3']").first().waitFor();
    await world.page.keyboard.press("ArrowRight");
    await world.page.keyboard.press("ArrowRight");
    const sales = item(/^sales/);
    await sales.waitFor();
    assert.match(await sales.innerText(), /120 rows/);
    await sales.click();
    await cell(0, 0).filter({ hasText: "item 0" }).waitFor();
    await world.page.getByRole("heading", { name: "sales" }).waitFor();
  });

  test("has the folder's files, not what links lead to or what is hidden", async () => {
    await item("films").click();
    await item(/^ratings.csv/).waitFor();
    assert.equal(await item(/store|\.flownote/).count(), 0);
    await item(/^ratings.csv/).click();
    await cell(1, 1).filter({ hasText: "Comedy" }).waitFor();
    await world.page.getByRole("button", { name: "Schema" }).click();
    await world.page.getByRole("region", { name: "Schema" }).getByText("date32[day]").waitFor();
  });

  test("is searched", async () => {
    const search = world.page.getByRole("searchbox", { name: "Search tables" });
    await search.fill("matrix");
    const found = world.page.getByRole("list", { name: "Found" });
    await found.getByRole("link").first().waitFor();
    assert.equal(await found.getByRole("link").count(), 8);
    await search.fill("no such thing");
    await world.page.getByText("No table is called that.").waitFor();
    await search.fill("");
    await tree().waitFor();
  });
});

describe("a query", () => {
  test("joins a file with an artifact, and says rows and time", async () => {
    await ask(
      `SELECT r.film, s.price FROM 'films/ratings.csv' r
       JOIN 'Shop/${world.runs.shop}/start/0/sales' s ON s.title = replace(r.film, 'Film', 'item')
       WHERE NOT isnan(s.price) ORDER BY s.price DESC`,
    );
    await cell(0, 0).filter({ hasText: "Film 119" }).waitFor();
    assert.match(await status().innerText(), /107 rows in \d/);
  });

  test("that is wrong says where and what was meant", async () => {
    await ask("SELECT film,\n  strs\nFROM 'films/ratings.csv'");
    const note = world.page.locator(".problem");
    await note.getByText("there is no column strs").waitFor();
    assert.match(await note.innerText(), /line 2, column 3/);
    assert.match(await note.innerText(), /did you mean stars\?/);
    await world.page.locator(".cm-lintRange-error", { hasText: "strs" }).waitFor();
    // What an earlier query gave isn't taken for what a wrong one gives.
    await askHere("SELECT 41 + 1 AS answer");
    await cell(0, 0).filter({ hasText: "42" }).waitFor();
    await askHere("SELECT answer");
    await world.page.getByText("the result of the query before").waitFor();
    await askHere("SELECT 1 AS answer");
    await world.page.getByText("the result of the query before").waitFor({ state: "detached" });
  });

  test("writes nothing and reads nothing outside", async () => {
    for (const [sql, why] of [
      ["COPY (SELECT 1) TO 'films/ratings.csv'", /only read here/],
      ["CREATE TABLE t AS SELECT 1", /only read here/],
      ["SELECT * FROM '../flownote-secret.csv'", /isn't below the served folder/],
      ["SELECT * FROM 'sly.csv'", /below the served folder/],
      ["SELECT * FROM '/etc/passwd'", /isn't below the served folder/],
    ]) {
      await ask(sql);
      await world.page.locator(".problem").getByText(why).first().waitFor();
    }
  });

  test("that goes on for long is cancelled, and another is answered", async () => {
    await ask("SELECT count(*) FROM generate_series(1, 100000000000) WHERE value % 7 = 8");
    await world.page.getByRole("button", { name: "Cancel" }).click();
    await world.page.getByRole("button", { name: "Run" }).waitFor();
    await ask("SELECT 41 + 1 AS answer");
    await cell(0, 0).filter({ hasText: "42" }).waitFor();
  });

  test("is found again in the history", async () => {
    await world.browser.go("/data");
    await world.page.getByRole("button", { name: "History of queries" }).click();
    await world.page.getByRole("menuitem", { name: /41 \+ 1/ }).click();
    assert.match(await editor().innerText(), /SELECT 41 \+ 1 AS answer/);
  });

  test("is helped with the names of tables and columns", async () => {
    await world.browser.go("/data");
    await editor().click();
    await world.page.keyboard.press("Control+a");
    await world.page.keyboard.type("SELECT  FROM 'rat");
    await world.page.locator(".cm-tooltip-autocomplete").getByText("films/ratings.csv").waitFor();
    await world.page.keyboard.press("Control+a");
    await world.page.keyboard.insertText("SELECT  FROM 'films/ratings.csv'");
    await world.page.keyboard.press("Home");
    for (let at = 0; at < 7; at += 1) await world.page.keyboard.press("ArrowRight");
    await world.page.keyboard.type("gen");
    await world.page.locator(".cm-tooltip-autocomplete").getByText("genre").waitFor();
    await world.page.keyboard.press("Escape");
  });

  test("goes on in a notebook", async () => {
    await ask("SELECT 41 + 1 AS answer");
    await cell(0, 0).filter({ hasText: "42" }).waitFor();
    await world.page.getByRole("button", { name: "Open in a notebook" }).click();
    await world.page.waitForURL(/\/notebooks\/query\.ipynb/);
    await world.page.locator(".cm-content", { hasText: "SELECT 41 + 1 AS answer" }).first().waitFor();
  });
});

describe("a chart", () => {
  test("counts names, then takes another mark", async () => {
    await world.browser.go("/data?file=films/ratings.csv");
    await world.page.getByRole("button", { name: "Chart", exact: true }).click();
    const chart = world.page.getByRole("region", { name: "Chart" });
    await chart.locator(".chart svg").waitFor();
    await chart.getByRole("combobox", { name: "x", exact: true }).selectOption("genre");
    await chart.locator(".chart svg").getByText("Noir").waitFor();
    assert.equal(await chart.locator(".chart svg .mark-rect path").count(), 3);
    await chart.getByRole("combobox", { name: "Chart" }).selectOption("histogram");
    await chart.locator(".chart svg").getByText("rows").waitFor();
    await chart.getByRole("combobox", { name: "Chart" }).selectOption("box");
    await chart.getByRole("combobox", { name: "Chart" }).selectOption("line");
    // A line of three points has hardly an area by which it would count as seen.
    const line = chart.locator(".chart svg .mark-line path").first();
    await line.waitFor({ state: "attached" });
    assert.match(await line.getAttribute("d"), /^M[^L]+L/);
  });

  test("becomes a notebook that needs no page", async () => {
    const chart = world.page.getByRole("region", { name: "Chart" });
    await chart.getByRole("button", { name: "Chart in a notebook" }).click();
    await world.page.waitForURL(/\/notebooks\/ratings-csv-chart\.ipynb/);
    await world.page.locator(".cm-content", { hasText: "-- out: chart_data" }).first().waitFor();
    const ran = await world.project.run("run", "ratings-csv-chart.ipynb");
    assert.equal(ran.code, 0, ran.stderr);
  });
});

describe("pictures", () => {
  for (const [theme, width, height] of [
    ["light", 1440, 900],
    ["dark", 1440, 900],
    ["light", 420, 860],
  ]) {
    const look = width < 800 ? "narrow" : theme;
    test(look, async () => {
      await world.browser.look(theme, width, height);
      await world.browser.go(`/data?artifact=Shop/${world.runs.shop}/start/0/sales`);
      await cell(0, 0).filter({ hasText: "item 0" }).waitFor();
      await world.page.locator("svg.bars").first().waitFor();
      await world.page.waitForTimeout(400);
      await world.browser.shoot(`data-table-${look}`);
      await world.browser.checkAccessibility(`a table in ${look}`);
      await world.page.getByRole("button", { name: "Filter and summary of price" }).click();
      await world.page.getByText("1st quartile").waitFor();
      await world.browser.shoot(`data-column-${look}`);
      await world.browser.checkAccessibility(`a column in ${look}`);
      await world.page.keyboard.press("Escape");
      await world.page.getByRole("button", { name: "Chart", exact: true }).click();
      await world.page.locator(".chart svg").waitFor();
      await world.page.waitForTimeout(300);
      await world.browser.shoot(`data-chart-${look}`);
      await ask("SELECT genre, avg(stars) AS mean\nFROM 'films/ratings.csv'\nGROUP BY genre");
      await cell(0, 0).waitFor();
      await world.page.waitForTimeout(400);
      await world.browser.shoot(`data-query-${look}`);
      await world.browser.checkAccessibility(`a query in ${look}`);
    });
  }
});

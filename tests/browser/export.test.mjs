/** A notebook in other forms: each is a file that needs nothing else. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { NotebookOnPage, writeNotebook } from "./support/notebook.mjs";
import { makeWorld } from "./support/world.mjs";

const shows = (data) => [{ output_type: "display_data", metadata: {}, data }];
const BARS = {
  $schema: "https://vega.github.io/schema/vega-lite/v5.json",
  data: { values: [{ genre: "Drama", n: 3 }, { genre: "War", n: 1 }] },
  mark: "bar",
  encoding: { x: { field: "genre", type: "nominal" }, y: { field: "n", type: "quantitative" } },
};

const WIDE = `<tr>${"<td>column</td>".repeat(80)}</tr>`;

/** Hears whatever the file would fetch. */
const heard = [];
const canary = createServer((request, response) => {
  heard.push(request.url);
  response.end();
});
await new Promise((done) => canary.listen(0, "127.0.0.1", done));
const ELSEWHERE = `http://127.0.0.1:${canary.address().port}`;
after(() => canary.close());

const world = makeWorld(async (project) => {
  writeNotebook(project, "report.ipynb", [
    ["title", "# A report\n\nwith $\\frac{1}{2}$ and **words**\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- [ ] open\n- [x] done", "markdown"],
    ["wide", "", shows({ "text/html": `<table><caption>What is told of a narrow table</caption><tr><td>1</td></tr></table><table>${WIDE}</table>` })],
    ["widetext", `|${"column | ".repeat(60)}\n|${"---|".repeat(60)}\n`, "markdown"],
    ["code", "def half(number):\n    # a comment\n    return number / 2\nprint('\\x1b[32mgreen\\x1b[0m', half(3))"],
    ["query", "%%sql\nselect 1 as one, 'a <b>' as word union all select 2, null order by one"],
    ["chart", "", shows({ "application/vnd.vegalite.v5+json": BARS })],
    ["styled", "", shows({ "text/html": `<style>td{color:red;background:url(${ELSEWHERE}/style)}</style><table><tr><td>styled</td></tr></table><img src="${ELSEWHERE}/image">` })],
    ["script", "", shows({ "text/html": "<b>before</b><script>globalThis.reached=1</script>" })],
    ["svg", "", shows({ "image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'><circle r='9' cx='20' cy='20'/></svg>" })],
    ["plotly", "import plotly.graph_objects as go\ngo.Figure(go.Bar(x=['a', 'b'], y=[3, 5], name='x')).show()"],
    ["error", "1 / 0"],
  ]);
});
const book = new NotebookOnPage(world);

async function saved(title) {
  await world.page.getByRole("button", { name: "More for the notebook" }).click();
  const [download] = await Promise.all([
    world.page.waitForEvent("download"),
    world.page.getByRole("menuitem", { name: title }).click(),
  ]);
  const file = join(world.project.folder, `saved-${download.suggestedFilename()}`);
  await download.saveAs(file);
  return { file, name: download.suggestedFilename() };
}

describe("a notebook is saved", () => {
  test("as a page that needs no network and runs nothing", async () => {
    await book.open("report.ipynb");
    await book.runs("code");
    await book.runs("query");
    await book.runs("plotly");
    await world.page.frameLocator("iframe.sandbox").locator(".js-plotly-plot .bars path").first().waitFor();
    await book.run("error");
    await book.becomes("error", "failed");
    const { file, name } = await saved("Download as HTML");
    assert.equal(name, "report.html");
    const text = readFileSync(file, "utf8");
    assert.doesNotMatch(text, /<script/i);

    const page = await world.browser.open();
    await world.browser.context.setOffline(true);
    try {
      await page.goto(pathToFileURL(file).href);
      assert.equal(await page.locator("h1").innerText(), "A report");
      assert.equal(await page.locator("math mfrac").count(), 1);
      assert.equal(await page.locator(".tok-keyword", { hasText: "def" }).count(), 1);
      assert.equal(await page.locator(".ansi-green").first().innerText(), "green");
      assert.deepEqual(await page.locator(".table td").allInnerTexts(), ["1", "a <b>", "2", "null"]);
      assert.equal(await page.locator("figure svg .mark-rect path").count(), 2);
      assert.equal(await page.getByRole("img", { name: "to do" }).count(), 1);
      assert.equal(await page.getByRole("img", { name: "done" }).count(), 1);
      // What is wide scrolls in its place, and the page doesn't.
      const beyond = (element) => element.scrollWidth - element.clientWidth;
      assert.ok((await page.locator("html").evaluate(beyond)) <= 0);
      assert.ok((await page.locator(".prose table").nth(1).evaluate(beyond)) > 100);
      assert.ok((await page.locator(".html .content").first().evaluate(beyond)) > 100);
      const caption = await page.locator("caption").evaluate((element) => element.clientHeight);
      assert.ok(caption < 30, `the caption is ${caption} tall`);
      // Its styles are its own, in a root that the file declares.
      const cell = page.locator("td", { hasText: "styled" });
      assert.equal(await cell.evaluate((td) => getComputedStyle(td).color), "rgb(255, 0, 0)");
      assert.notEqual(await page.locator(".table td").first().evaluate((td) => getComputedStyle(td).color), "rgb(255, 0, 0)");
      const circle = page.getByRole("img", { name: "Picture of cell 7" });
      assert.equal(await circle.evaluate((image) => image.naturalWidth), 40);
      // Plotly's own picture of its figure, both bars of it.
      const figure = page.getByRole("img", { name: "Picture of cell 8" });
      assert.ok((await figure.evaluate((image) => image.naturalWidth)) > 100);
      const svg = atob((await figure.getAttribute("src")).split(",")[1]);
      assert.equal(svg.match(/class="point"/g)?.length, 2);
      assert.match(await page.locator("main").innerText(), /ZeroDivisionError/);
      assert.equal(await page.evaluate(() => globalThis.reached), undefined);
      const shade = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const label = page.locator("figure svg text").first();
      const ink = () => label.evaluate((one) => getComputedStyle(one).fill);
      await page.setViewportSize({ width: 1100, height: 1500 });
      await page.emulateMedia({ colorScheme: "light" });
      const light = [await shade(), await ink()];
      await world.browser.shootPage(page, "export-light");
      await page.emulateMedia({ colorScheme: "dark" });
      const dark = [await shade(), await ink()];
      await world.browser.shootPage(page, "export-dark");
      assert.notEqual(light[0], dark[0]);
      assert.notEqual(light[1], dark[1]);
      // Nor does it ask for anything where there is a network.
      await world.browser.context.setOffline(false);
      await fetch(`${ELSEWHERE}/control`);
      await page.reload();
      await page.waitForTimeout(300);
      assert.deepEqual(heard, ["/control"]);
    } finally {
      await world.browser.context.setOffline(false);
      await page.close();
    }
    // The policy refused what the output wanted to fetch.
    world.browser.complaints.length = 0;
  });

  test("as Python that runs", async () => {
    const { file, name } = await saved("Download as .py");
    assert.equal(name, "report.py");
    const text = readFileSync(file, "utf8");
    assert.match(text, /# %% \[markdown\]/);
    assert.match(text, /def half\(number\):/);
  });

  test("as .ipynb with its outputs", async () => {
    const { file } = await saved("Download as .ipynb");
    const notebook = JSON.parse(readFileSync(file, "utf8"));
    assert.equal(notebook.nbformat, 4);
    const code = notebook.cells.find((cell) => cell.id === "code");
    assert.match(JSON.stringify(code.outputs), /green/);
  });
});

/** What cells show: each kind of output, and that none of them can act. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NotebookOnPage, until, writeNotebook } from "./support/notebook.mjs";
import { makeWorld } from "./support/world.mjs";

const shows = (data) => [{ output_type: "display_data", metadata: {}, data }];
const html = (text) => shows({ "text/html": text });

const BARS = {
  $schema: "https://vega.github.io/schema/vega-lite/v5.json",
  data: { values: [{ genre: "Drama", n: 3 }, { genre: "War", n: 1 }] },
  mark: "bar",
  encoding: { x: { field: "genre", type: "nominal" }, y: { field: "n", type: "quantitative" } },
};
const FETCHES = { ...BARS, data: { url: "/api/me" } };
// Vega's own expressions: what a compiler of them would run.
const ESCAPES = {
  $schema: "https://vega.github.io/schema/vega/v5.json",
  width: 10,
  height: 10,
  signals: [{ name: "s", init: "event.constructor.constructor('globalThis.reached=1')()" }],
};

/** Each sets `reached` on the page, or shows a form, if it gets through. */
const ATTACKS = [
  "<script>globalThis.reached=1</script>",
  "<img src=x onerror=globalThis.reached=1>",
  "<svg onload=globalThis.reached=1></svg>",
  "<svg><script>globalThis.reached=1</script></svg>",
  "<svg><animate onbegin=globalThis.reached=1 attributeName=x dur=1s></svg>",
  "<iframe srcdoc='<script>parent.reached=1</script>'></iframe>",
  "<iframe src=javascript:parent.reached=1></iframe>",
  "<a href=javascript:globalThis.reached=1>go</a>",
  "<math><mtext><table><mglyph><style><img src=x onerror=globalThis.reached=1>",
  "<form action=/logout method=post><input name=q><button>send</button></form>",
  "<object data=javascript:globalThis.reached=1></object>",
  "<embed src=javascript:globalThis.reached=1>",
  "<details open ontoggle=globalThis.reached=1>x</details>",
  "<body onload=globalThis.reached=1>",
  "<input autofocus onfocus=globalThis.reached=1>",
  "<meta http-equiv=refresh content='0;url=/health'>",
  "<base href=//example.invalid/>",
  "<template shadowrootmode=open><script>globalThis.reached=1</script></template>",
  "<style>@import '//example.invalid/x.css'; :host{position:fixed;inset:0;z-index:99}</style>over",
  "<div style='position:fixed;inset:0;z-index:9999'>over</div>",
];

const world = makeWorld(async (project) => {
  writeNotebook(project, "kinds.ipynb", [
    ["text", "print('\\x1b[32mgreen\\x1b[0m')\nfor i in range(3):\n    print(f'\\r{i} of 3', end='')"],
    ["long", "for i in range(5000):\n    print('line', i)"],
    ["json", "", shows({ "application/json": { deep: { er: [1, 2] } } })],
    ["svg", "", shows({ "image/svg+xml": "<svg width='40' height='40'><circle r='9' cx='20' cy='20'/></svg>" })],
    ["latex", "", shows({ "text/latex": "$\\frac{1}{2}$" })],
    ["markdown", "", shows({ "text/markdown": "*so* it is" })],
    ["chart", "", shows({ "application/vnd.vegalite.v5+json": BARS, "text/plain": "chart" })],
    ["fetches", "", shows({ "application/vnd.vegalite.v5+json": FETCHES })],
    ["escapes", "", shows({ "application/vnd.vega.v5+json": ESCAPES })],
    ["widget", "", shows({ "application/vnd.jupyter.widget-view+json": { model_id: "1" }, "text/plain": "IntSlider()" })],
    ["frame", "", html("<style>td{color:red}</style><table class='dataframe'><tr><td>7</td></tr></table>")],
    ["nested", "import datetime\n[{'id': n, 'born': datetime.date(2024, 1, 1), 'tags': ['a', 'b']} for n in range(500)]"],
    ["wall", "list(range(900)), 'y' * 20000"],
    ["wide", "'z' * 20000"],
  ]);
  writeNotebook(project, "sql.ipynb", [
    ["numbers", "import pandas as pd\nnumbers = pd.DataFrame({'n': [3, 1, 2], 'word': ['c', 'a', 'b']})\nnumbers"],
    ["query", "%%sql\n-- out: doubled\nselect n * 2 as twice, word from numbers"],
    ["sum", "int(doubled['twice'].sum())"],
  ]);
  writeNotebook(project, "live.ipynb", [
    ["clears", "from IPython.display import clear_output, display\nprint('first')\nclear_output()\nprint('second')\nclear_output(wait=True)\nprint('last')"],
    ["updates", "from IPython.display import Pretty\nbar = display(Pretty('0 %'), display_id='bar')\ndisplay(Pretty('beside'))\nbar.update(Pretty('50 %'))"],
    ["later", "bar.update(Pretty('100 %'))"],
    ["tqdm", "from tqdm import tqdm\nfor i in tqdm(range(40)):\n    pass"],
    ["plot", "import matplotlib.pyplot as plt\nplt.plot([1, 4, 2])\nplt.show()"],
    ["formula", "import sympy\nsympy.sqrt(sympy.Symbol('x')) / 2"],
    ["defines", "def divide(number):\n    '''Divides.'''\n    return 1 / number"],
    ["calls", "divide(0)"],
    ["runaway", "def f(n):\n    return f(n + 1)\nf(0)"],
    ["sqlwrong", "%%sql\nselect nothing from nowhere"],
  ]);
  writeNotebook(project, "attacks.ipynb", [
    ...ATTACKS.map((attack, at) => [`html${at}`, "", html(attack)]),
    ...ATTACKS.map((attack, at) => [`text${at}`, attack, "markdown"]),
    ...ATTACKS.filter((attack) => attack.startsWith("<svg")).map((attack, at) => [
      `svg${at}`,
      "",
      shows({ "image/svg+xml": attack }),
    ]),
  ]);
});
const book = new NotebookOnPage(world);

describe("outputs", () => {
  test("of a file are there before anything runs", async () => {
    await book.open("kinds.ipynb");
    assert.match(await book.shows("json"), /deep/);
    await (await book.cell("svg")).locator(".output circle").waitFor();
    await (await book.cell("latex")).locator(".katex .mfrac").waitFor();
    assert.equal(await (await book.cell("markdown")).locator("em").innerText(), "so");
    await world.browser.checkAccessibility("outputs");
  });

  test("that are printed have colours, and a progress bar its last state", async () => {
    await book.runs("text");
    const cell = await book.cell("text");
    assert.equal(await cell.locator(".ansi-green").innerText(), "green");
    const printed = await book.shows("text");
    assert.match(printed, /2 of 3/);
    assert.doesNotMatch(printed, /0 of 3/);
  });

  test("of thousands of lines come in a box that has only what is seen", async () => {
    await book.runs("long");
    const cell = await book.cell("long");
    await until(() => book.shows("long"), (text) => text.includes("5,000 lines"), "all lines are there");
    assert.ok((await cell.locator(".line-row").count()) < 100);
    await cell.getByRole("region", { name: /Printed text/ }).focus();
    await world.page.keyboard.press("End");
    await cell.getByText("line 4999", { exact: true }).waitFor();
    await cell.getByText("18 of 5,000 lines are seen").waitFor();
    await cell.getByRole("button", { name: "Show all 5,000 lines" }).click();
    assert.equal((await cell.locator("pre.stream").innerText()).trim().split("\n").length, 5000);
    await cell.getByRole("button", { name: "Show fewer" }).click();
    await cell.getByRole("region", { name: /Printed text/ }).waitFor();
  });

  test("of Vega are drawn, without fetching and without compiling", async () => {
    const chart = (await book.cell("chart")).locator(".chart");
    await chart.locator(".mark-rect path").first().waitFor();
    assert.equal(await chart.getAttribute("aria-label"), "Chart of cell 7");
    await world.browser.shoot("notebook-chart");
    await (await book.cell("fetches")).getByText("the chart wants to fetch its data").waitFor();
    await book.cell("escapes");
    await world.page.waitForTimeout(500);
    assert.equal(await world.page.evaluate(() => globalThis.reached), undefined);
    world.browser.complaints.length = 0;
  });

  test("that need scripts say that they do not run", async () => {
    assert.match(await book.shows("widget"), /IntSlider\(\)/);
    assert.match(await book.shows("widget"), /a widget is shown without/);
  });

  test("that are nested are a tree for keys", async () => {
    const tree = (await book.cell("json")).getByRole("tree");
    const focused = () => tree.evaluate(() => document.activeElement?.querySelector(".key")?.textContent);
    assert.deepEqual(await tree.locator(".key").allInnerTexts(), ["deep", "er"]);
    await tree.getByRole("treeitem").first().focus();
    await world.page.keyboard.press("ArrowRight");
    assert.equal(await focused(), "er");
    await world.page.keyboard.press("ArrowRight");
    await until(() => tree.getByRole("treeitem").count(), (n) => n === 4, "the list is open");
    await world.page.keyboard.press("End");
    assert.equal(await focused(), "1");
    await world.page.keyboard.press("ArrowLeft");
    assert.equal(await focused(), "er");
    await world.page.keyboard.press("ArrowLeft");
    await until(() => tree.getByRole("treeitem").count(), (n) => n === 2, "the list is folded");
    // The keys were the tree's, not the notebook's.
    assert.equal(await book.focused(), "json");
  });

  test("of Python that are nested are a tree, with their text kept", async () => {
    await book.runs("nested");
    const cell = await book.cell("nested");
    const tree = cell.getByRole("tree", { name: "list of cell" });
    await cell.getByText("list of 500 items").waitFor();
    assert.equal(await tree.getByRole("treeitem").count(), 101);
    await tree.getByText("… 400 more").click();
    await until(() => tree.getByRole("treeitem").count(), (n) => n === 500, "all entries are there");
    await tree.getByRole("treeitem").nth(1).click();
    await tree.getByText("datetime.date(2024, 1, 1)", { exact: true }).waitFor();
    assert.ok((await tree.evaluate((list) => list.parentElement.clientHeight)) < 600);
    await world.browser.checkAccessibility("a tree of a result");
    await cell.getByRole("button", { name: "Show as text" }).click();
    await cell.getByText("18 of 500 lines are seen").waitFor();
    await cell.getByText("[{'id': 0,", { exact: false }).first().waitFor();
    await cell.getByRole("button", { name: "Show as a tree" }).click();
  });

  test("stay opened while their cell is out of sight", async () => {
    // The cell with the focus would stay.
    await book.focus("frame");
    await (await book.cell("long")).getByRole("button", { name: "Show all 5,000 lines" }).click();
    await book.cell("text");
    const gone = world.page.locator('[data-cell="nested"]');
    await until(() => gone.count(), (count) => count === 0, "the cell is taken from the page");
    const cell = await book.cell("nested");
    await cell.getByText("datetime.date(2024, 1, 1)", { exact: true }).waitFor();
    await (await book.cell("long")).getByRole("button", { name: "Show fewer" }).click();
  });

  test("that are long texts are bounded", async () => {
    for (const id of ["wall", "wide"]) {
      await book.runs(id);
      const cell = await book.cell(id);
      const [height, beyond] = await cell.locator(".outputs").evaluate((box) => [box.clientHeight, box.scrollWidth - box.clientWidth]);
      assert.ok(height < 900, `${id} is ${height} tall`);
      assert.ok(beyond <= 0, `${id} is wider than its cell`);
    }
  });

  test("that a cell clears and updates are those that are left", async () => {
    await book.open("live.ipynb");
    await book.runs("clears");
    assert.equal(await book.shows("clears"), "last\n");
    await book.runs("updates");
    const shown = (await book.cell("updates")).locator(".output");
    const texts = async () => (await shown.allInnerTexts()).map((text) => text.trim());
    assert.deepEqual(await texts(), ["50 %", "beside"]);
    await book.runs("later");
    await until(texts, ([first]) => first === "100 %", "another cell updates it");
  });

  test("of tqdm are a bar, not a hundred", async () => {
    await book.runs("tqdm");
    const printed = await book.shows("tqdm");
    assert.match(printed, /100%\|█+\| 40\/40/);
    assert.equal(printed.trim().split("\n").length, 1, printed);
  });

  test("of matplotlib are pictures, and LaTeX is drawn", async () => {
    await book.runs("plot");
    const picture = (await book.cell("plot")).getByRole("img", { name: /Picture of cell/ });
    await until(() => picture.evaluate((image) => image.naturalWidth), (width) => width > 100, "the picture is drawn");
    await book.runs("formula");
    await (await book.cell("formula")).locator(".katex").first().waitFor();
  });

  test("of an error lead to the line of the cell", async () => {
    await book.run("calls");
    await book.becomes("calls", "failed");
    const cell = await book.cell("calls");
    assert.match(await book.shows("calls"), /ZeroDivisionError: division by zero/);
    await cell.getByRole("button", { name: /cell \d+, line 3/ }).click();
    await until(() => book.focused(), (at) => at === "defines", "the cell that fails has the focus");
    const line = await world.page.evaluate(() => {
      const { anchorNode } = getSelection();
      return anchorNode.parentElement.closest(".cm-line")?.textContent;
    });
    assert.match(line, /return 1 \/ number/);
    await world.browser.shoot("notebook-error");
  });

  test("of a line that calls itself on and on are one line", async () => {
    await book.run("runaway");
    await book.becomes("runaway", "failed");
    const cell = await book.cell("runaway");
    assert.equal(await cell.locator(".frames li").count(), 2);
    await cell.getByText(/… repeated \d+ times/).waitFor();
  });

  test("of a query that is wrong say so once, with the line", async () => {
    await book.run("sqlwrong");
    await book.becomes("sqlwrong", "failed");
    const shown = await book.shows("sqlwrong");
    assert.equal(shown.split("there is no table").length, 2, shown);
    assert.match(shown, /cell \d+, line 1/);
    assert.doesNotMatch(shown, /`/);
  });

  test("with styles keep them to themselves", async () => {
    await book.open("kinds.ipynb");
    const cell = await book.cell("frame");
    const inside = cell.locator("td");
    assert.equal(await inside.evaluate((td) => getComputedStyle(td).color), "rgb(255, 0, 0)");
  });

  test("of SQL are a grid that sorts, and a frame for the cells below", async () => {
    await book.open("sql.ipynb");
    await book.run("query");
    await book.becomes("query", "fresh");
    const table = (await book.cell("query")).getByRole("grid");
    const column = (order) =>
      until(
        () => table.locator('[data-cell$=":0"]').allInnerTexts(),
        (texts) => texts.join() === order,
        `the rows stand as ${order}`,
      );
    await column("6,2,4");
    await table.getByRole("columnheader", { name: /^twice/ }).click();
    await column("2,4,6");
    await book.runs("sum");
    assert.match(await book.shows("sum"), /12/);
    await world.browser.shoot("notebook-sql");
  });

  test("of others do nothing to the page", async () => {
    await book.open("attacks.ipynb");
    for (const id of await book.order()) await book.cell(id);
    await world.page.waitForTimeout(500);
    assert.equal(await world.page.evaluate(() => globalThis.reached), undefined);
    assert.match(world.page.url(), /attacks\.ipynb$/);
    // What lies over the page would take this click.
    await world.page.getByRole("button", { name: "More for the notebook" }).click();
    await world.page.getByRole("menuitem", { name: "Save now" }).waitFor();
    await world.page.keyboard.press("Escape");
    const forms = await world.page.evaluate(() => {
      const roots = [document, ...[...document.querySelectorAll(".contained > div")].map((host) => host.shadowRoot)];
      const found = roots.filter(Boolean).flatMap((root) => [
        ...root.querySelectorAll(".outputs form, .prose form, .prose iframe, .content form, .content iframe, .content input, [href^='javascript']"),
      ]);
      return found.map((element) => element.outerHTML);
    });
    assert.deepEqual(forms, []);
    // The policy refused what the styles wanted to fetch, which is as it should be.
    world.browser.complaints.length = 0;
  });
});

/** Notebooks: finding, opening, editing, running, breaking and stopping them. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NotebookOnPage, readNotebook, until, writeNotebook } from "./support/notebook.mjs";
import { makeWorld } from "./support/world.mjs";

const files = {};
const world = makeWorld(async (project) => {
  files.small = writeNotebook(project, "small.ipynb", [
    ["top", "# Small things\nSome *words*, and $e^{i\\pi} = -1$.", "markdown"],
    ["x", "x = 20"],
    ["y", "y = x + 22\nprint('the answer is', y)"],
    ["z", "y * 2"],
    ["end", "## The end", "markdown"],
  ]);
  files.cells = writeNotebook(project, "deep/cells.ipynb", [
    ["a", "one = 1"],
    ["b", "two = 2\nthree = 3"],
    ["c", "four = 4"],
  ]);
  files.breaks = writeNotebook(project, "breaks.ipynb", [
    ["helper", "def half(x):\n    return x / parts"],
    ["broken", "parts = 0\nhalf(10)"],
    ["endless", "import time\nprint('begins')\nwhile True:\n    time.sleep(0.01)"],
    ["stubborn", "import time\nprint('holds on')\nwhile True:\n    try:\n        while True:\n            time.sleep(0.01)\n    except KeyboardInterrupt:\n        print('not yet')"],
    ["asks", "name = input('Your name? ')\nprint(f'hello {name}')"],
  ]);
  const many = Array.from({ length: 1000 }, (_, at) => [`k${at}`, `value_${at} = ${at}`]);
  files.large = writeNotebook(project, "large.ipynb", many);
  // Nobody knows how high they are before they are drawn.
  const prose = Array.from({ length: 100 }, (_, at) => [
    [`p${at}`, "many words ".repeat(40 + ((at * 37) % 400)), "markdown"],
    [`k${at}`, `value_${at} = ${at}`],
  ]);
  files.prose = writeNotebook(project, "prose.ipynb", prose.flat());
});
const book = new NotebookOnPage(world);

describe("the list of notebooks", () => {
  test("shows folders and notebooks, and finds one by its name", async () => {
    await world.browser.go("/notebooks");
    const tree = world.page.getByRole("tree", { name: "Notebooks" });
    await tree.getByRole("treeitem", { name: "small.ipynb" }).waitFor();
    await world.browser.shoot("notebooks");
    await world.browser.checkAccessibility("the list of notebooks");
    await world.page.getByRole("searchbox", { name: "Search notebooks" }).fill("cells");
    await tree.getByRole("treeitem", { name: "small.ipynb" }).waitFor({ state: "detached" });
    assert.ok(await tree.getByRole("treeitem", { name: "cells.ipynb" }).isVisible());
  });

  test("is gone through by keys, and opens what is chosen", async () => {
    await world.browser.go("/notebooks");
    const items = world.page.getByRole("treeitem");
    await items.first().focus();
    await world.page.keyboard.press("End");
    await world.page.keyboard.press("Enter");
    await world.page.locator("article").first().waitFor();
    assert.match(world.page.url(), /small\.ipynb$/);
  });

  test("makes a new notebook", async () => {
    await world.browser.go("/notebooks");
    await world.page.getByRole("button", { name: "New notebook" }).first().click();
    await world.page.getByRole("textbox", { name: "Name, with folders" }).fill("made");
    await world.page.getByRole("button", { name: "Create" }).click();
    await world.page.getByRole("heading", { name: "made.ipynb" }).waitFor();
    await until(() => book.isTyping(), Boolean, "its cell is there to type in");
    await world.page.keyboard.type("1 + 1");
    await world.page.keyboard.press("Shift+Enter");
    const result = world.page.locator(".outputs").first();
    await result.waitFor();
    assert.equal((await result.innerText()).trim(), "2");
  });

  test("says what is wrong with a name that there isn't", async () => {
    await world.page.goto(`${world.server.base}/notebooks/nothing.ipynb`);
    await world.page.getByRole("heading", { name: "This notebook can't be opened" }).waitFor();
    // The browser itself complains of the refused socket.
    world.browser.complaints.length = 0;
  });
});

describe("a notebook", () => {
  test("opens without running anything", async () => {
    await book.open("small.ipynb");
    assert.equal(await world.page.locator(".prose h1").first().innerText(), "Small things");
    await world.page.locator(".katex").first().waitFor();
    assert.equal(await book.status("x"), "never_run");
    assert.equal(await book.shows("y"), "");
  });

  test("runs a cell and goes to the next", async () => {
    await book.focus("x");
    await world.page.keyboard.press("Shift+Enter");
    await book.becomes("x", "fresh");
    assert.equal(await book.focused(), "y");
    await world.page.keyboard.press("Shift+Enter");
    await book.becomes("y", "fresh");
    assert.match(await book.shows("y"), /the answer is 42/);
    await book.runs("z");
    assert.match(await book.shows("z"), /84/);
    await world.browser.shoot("notebook-light");
  });

  test("marks what an edit makes stale, says why, and runs just that", async () => {
    await book.rewrite("x", "x = 30");
    await book.becomes("x", "stale");
    await book.becomes("y", "stale");
    assert.match(await (await book.cell("x")).innerText(), /edited since/);
    assert.match(await (await book.cell("y")).innerText(), /cell 1 above is not fresh|x changed/);
    await world.page.getByRole("button", { name: /Run stale/ }).click();
    await book.becomes("z", "fresh");
    assert.match(await book.shows("y"), /the answer is 52/);
    assert.match(await book.shows("z"), /104/);
  });

  test("shows again what was cleared when all of it is run", async () => {
    await world.page.getByRole("button", { name: "More for the notebook" }).click();
    await world.page.getByRole("menuitem", { name: /Clear all outputs/ }).click();
    await until(() => book.shows("y"), (text) => text === "", "it is cleared");
    await world.page.getByRole("button", { name: "Run all" }).click();
    await until(() => book.shows("y"), (text) => text.includes("the answer is 52"), "it is there again");
    await until(() => book.shows("z"), (text) => text.includes("104"), "and below");
    await book.becomes("z", "fresh");
  });

  test("is saved, with what its cells show", async () => {
    await book.saved();
    await until(
      () => readNotebook(files.small).get("x"),
      (source) => source === "x = 30",
      "the file has the edit",
    );
  });

  test("tells the names that its cells make, and who uses them", async () => {
    const symbols = world.page.getByRole("region", { name: "Symbols" });
    await symbols.getByRole("button", { name: /^Py\s*y/ }).click();
    assert.match(await symbols.innerText(), /int/);
    await symbols.getByRole("button", { name: "cell 3" }).click();
    await until(() => book.focused(), (at) => at === "z", "the cell that uses it has the focus");
    const graph = world.page.getByRole("region", { name: /Cells and what/ });
    await graph.getByRole("button", { name: /^cell 1/ }).click();
    assert.equal(await book.focused(), "x");
  });

  test("completes names and says what stands at the cursor", async () => {
    await book.rewrite("z", "");
    await world.page.keyboard.type("pri");
    await world.page.keyboard.press("Control+ ");
    await world.page.locator(".cm-tooltip-autocomplete li", { hasText: "print" }).first().waitFor();
    // A list that has only just come up doesn't take the key of one who types on.
    await world.page.waitForTimeout(200);
    await world.page.keyboard.press("Enter");
    await until(() => book.text("z"), (text) => text === "print", "the name is completed");
    await world.page.keyboard.press("Shift+Tab");
    await world.page.locator(".inspected", { hasText: "print" }).waitFor();
    await world.page.keyboard.press("Escape");
    await world.page.locator(".inspected").waitFor({ state: "detached" });
    assert.ok(await book.isTyping());
  });

  test("has no serious fault of accessibility, light and dark", async () => {
    await book.open("small.ipynb");
    await book.becomes("y", "fresh");
    await world.browser.checkAccessibility("a notebook");
    await world.browser.look("dark");
    await world.browser.checkAccessibility("a notebook in the dark");
    await world.browser.shoot("notebook-dark");
    await world.browser.look("light", 620, 900);
    await world.browser.shoot("notebook-narrow");
    await world.browser.look("light");
  });

  test("was changed on disk: the file wins", async () => {
    await book.open("small.ipynb");
    writeNotebook(world.project, "small.ipynb", [["x", "x = 'from elsewhere'"]]);
    await until(() => book.order(), (order) => order.length === 1, "the page shows the file");
    assert.equal(await book.text("x"), "x = 'from elsewhere'");
  });
});

describe("the keys of Jupyter", () => {
  test("move, insert, delete and bring back", async () => {
    await book.open("deep/cells.ipynb");
    await book.focus("a");
    await world.page.keyboard.press("j");
    assert.equal(await book.focused(), "b");
    await world.page.keyboard.press("k");
    assert.equal(await book.focused(), "a");
    await world.page.keyboard.press("b");
    await until(() => book.order(), (order) => order.length === 4, "a cell is inserted");
    const made = (await book.order())[1];
    await until(() => book.focused(), (at) => at === made, "it has the focus");
    await world.page.keyboard.press("d");
    await world.page.keyboard.press("d");
    await until(() => book.order(), (order) => order.length === 3, "it is deleted");
    await world.page.keyboard.press("z");
    await until(() => book.order(), (order) => order[1] === made, "it is back");
    await book.focus(made);
    await world.page.keyboard.press("d");
    await world.page.keyboard.press("d");
    await until(() => book.order(), (order) => order.length === 3, "it is deleted");
  });

  test("move a cell, split one and merge them again", async () => {
    await book.focus("a");
    await world.page.keyboard.press("Alt+ArrowDown");
    await until(() => book.order(), (order) => order.join() === "b,a,c", "the cell is moved");
    await world.page.keyboard.press("Alt+ArrowUp");
    await until(() => book.order(), (order) => order.join() === "a,b,c", "it is moved back");
    await book.edit("b");
    await world.page.keyboard.press("Control+Home");
    await world.page.keyboard.press("End");
    await world.page.keyboard.press("Control+Shift+-");
    await until(() => book.order(), (order) => order.length === 4, "the cell is split");
    const second = (await book.order())[2];
    assert.equal(await book.text("b"), "two = 2");
    assert.equal(await book.text(second), "three = 3");
    await book.focus("b");
    await world.page.keyboard.press("Shift+M");
    await until(() => book.order(), (order) => order.join() === "a,b,c", "they are one again");
    await until(() => book.text("b"), (text) => text === "two = 2\nthree = 3", "with both texts");
  });

  test("change the language, and the badge does, too", async () => {
    await book.focus("c");
    await world.page.keyboard.press("m");
    const cell = await book.cell("c");
    await cell.getByRole("button", { name: /^Markdown/ }).waitFor();
    await world.page.keyboard.press("y");
    const badge = cell.getByRole("button", { name: /^Python/ });
    await badge.click();
    await world.page.getByRole("menuitemradio", { name: "SQL" }).click();
    await cell.getByRole("button", { name: /^SQL/ }).waitFor();
  });

  test("are told by a sheet, and the palette does all of it by name", async () => {
    await book.open("deep/cells.ipynb");
    await book.focus("a");
    await world.page.keyboard.press("h");
    const sheet = world.page.getByRole("dialog", { name: "Keys of a notebook" });
    await sheet.getByText("Run the cell and go to the next").first().waitFor();
    await world.browser.checkAccessibility("the sheet of keys");
    await world.page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });
    await book.focus("a");
    await world.page.keyboard.press("Control+Shift+P");
    await world.page.getByRole("combobox", { name: /command/ }).fill("line numbers");
    await world.page.keyboard.press("Enter");
    await world.page.locator(".cm-lineNumbers").first().waitFor();
  });
});

describe("what goes wrong", () => {
  test("an error says where: its lines lead to the cells", async () => {
    await book.open("breaks.ipynb");
    await book.runs("helper");
    await book.run("broken");
    await book.becomes("broken", "failed");
    assert.match(await book.shows("broken"), /ZeroDivisionError/);
    const broken = await book.cell("broken");
    await broken.locator(".cm-failed", { hasText: "half(10)" }).waitFor();
    await broken.getByRole("button", { name: "cell 1, line 2" }).click();
    await until(() => book.focused(), (at) => at === "helper", "the line's cell has the focus");
    assert.ok(await book.isTyping());
    await world.browser.shoot("notebook-error");
    await world.page.getByRole("button", { name: "1 failed" }).click();
    await until(() => book.focused(), (at) => at === "broken", "the cell that failed has the focus");
  });

  test("a cell that never ends is stopped", async () => {
    await book.run("endless");
    await book.becomes("endless", "running");
    await until(() => book.shows("endless"), (text) => text.includes("begins"), "it prints");
    await world.page.locator(".pane.right").getByText("cell 3 · Python").waitFor();
    await book.focus("endless");
    await world.page.keyboard.press("i");
    await world.page.keyboard.press("i");
    await book.becomes("endless", "interrupted");
  });

  test("a cell that won't be stopped may be killed", async () => {
    await book.run("stubborn");
    await until(() => book.shows("stubborn"), (text) => text.includes("holds on"), "it prints");
    await (await book.cell("stubborn")).getByRole("button", { name: /^Stop/ }).click();
    await until(() => book.shows("stubborn"), (text) => text.includes("not yet"), "it refuses");
    const kill = world.page.getByRole("button", { name: "Kill the interpreter" });
    await kill.waitFor();
    await kill.click();
    await until(
      () => book.status("stubborn"),
      (status) => status !== "running" && status !== "queued",
      "it is gone",
    );
  });

  test("a cell that asks gets its line", async () => {
    await book.run("asks");
    const line = (await book.cell("asks")).getByRole("textbox", { name: "Your name?" });
    await line.waitFor();
    await book.focus("helper");
    await world.page.getByRole("button", { name: "cell 5 asks for a line" }).click();
    await until(() => line.evaluate((it) => it === document.activeElement), Boolean, "the line has the focus");
    await line.fill("Ana");
    await line.press("Enter");
    await book.becomes("asks", "fresh");
    assert.match(await book.shows("asks"), /Your name\?\s*Ana\nhello Ana/);
  });
});

describe("a thousand cells", () => {
  test("open with those that are seen, and the last is a key away", async () => {
    await book.open("large.ipynb");
    const made = await world.page.locator("article").count();
    assert.ok(made < 60, `${made} cells were made at once`);
    assert.equal((await book.order()).length, 1000);
    await book.focus("k0");
    await world.page.keyboard.press("End");
    await until(() => book.focused(), (at) => at === "k999", "the last cell has the focus");
    await book.runs("k999");
  });

  test("stay where a jump led, however high those around turn out to be", async () => {
    await book.open("prose.ipynb");
    const graph = world.page.getByRole("region", { name: /Cells and what/ });
    for (const at of [60, 95, 30]) {
      await graph.getByRole("button", { name: new RegExp(`^cell ${at + 1}\\b`) }).click();
      await until(() => book.focused(), (now) => now === `k${at}`, "it has the focus");
      // All around it is drawn by then.
      await world.page.waitForTimeout(500);
      const cell = world.page.locator(`[data-cell="k${at}"]`);
      const { top, bottom } = await cell.evaluate((it) => it.getBoundingClientRect());
      const height = await world.page.evaluate(() => innerHeight);
      assert.ok(bottom > 0 && top < height, `cell k${at}: ${top} to ${bottom} of ${height}`);
    }
  });
});


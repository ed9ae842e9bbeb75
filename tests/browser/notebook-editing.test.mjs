/** Editing a notebook: finding and replacing, help at the cursor, going to a definition. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NotebookOnPage, until, writeNotebook } from "./support/notebook.mjs";
import { makeWorld } from "./support/world.mjs";

const world = makeWorld(async (project) => {
  const many = Array.from({ length: 1000 }, (_, at) => [`k${at}`, `value_${at} = Rate + rate_${at}`]);
  many[500] = ["k500", "## A heading about the rate", "markdown"];
  writeNotebook(project, "large.ipynb", many);
  writeNotebook(project, "small.ipynb", [
    ["a", "alpha = 1\nalphabet = alpha + 1"],
    ["b", "print(alpha)"],
    ["c", "Alpha = 'alpha'"],
  ]);
  writeNotebook(project, "wrong.ipynb", [
    ["broken", "def f(:\n    pass"],
    ["fine", "base = 1\nother = base + 1"],
    ["uses", "print(base, other)"],
    ["query", "%%sql\nSELECT 1 AS one FORM base"],
  ]);
  writeNotebook(project, "plain.ipynb", [
    ["first", "alpha = 1\nbeta = 2"],
    ["empty", ""],
    ["wide", "\tif x:\n\t\ty = 'zażółć 日本語 🎉'  \n\n"],
    ["long", `text = "${"a word or another, ".repeat(60)}${"unbroken".repeat(90)}"`],
  ]);
  writeNotebook(project, "help.ipynb", [
    ["names", "def weigh(load, times=2):\n    \"\"\"How heavy it is.\"\"\"\n    return load * times"],
    ["waits", "import time\nprint('begins', flush=True)\ntime.sleep(600)"],
    ["here", "weigh"],
    ["many", "red = 1\nred + red"],
  ]);
});
const book = new NotebookOnPage(world);

class Finder {
  get bar() {
    return world.page.getByRole("search", { name: "Find and replace" });
  }

  /** What the bar says of the matches. */
  count() {
    return this.bar.getByRole("status").innerText();
  }

  async find(text) {
    await this.bar.getByRole("textbox", { name: "Find" }).fill(text);
  }

  async counts(text) {
    await until(() => this.count(), (said) => said === text, `the bar says ${text}`);
  }

  async toggle(name) {
    await this.bar.getByRole("button", { name }).click();
  }

  async replaceWith(text) {
    await this.bar.getByRole("textbox", { name: "Replace with" }).fill(text);
  }
}
const finder = new Finder();

describe("finding and replacing", () => {
  test("goes through all cells, from the one with the focus on", async () => {
    await book.open("small.ipynb");
    await book.focus("b");
    await world.page.keyboard.press("Control+f");
    await world.page.keyboard.type("alpha");
    await finder.counts("4 of 6");
    await world.page.locator('[data-cell="b"] .cm-searchMatch-selected').waitFor();
    await world.page.keyboard.press("Enter");
    await finder.counts("5 of 6");
    await world.page.keyboard.press("Enter");
    await world.page.keyboard.press("Enter");
    await finder.counts("1 of 6");
    await world.page.keyboard.press("Shift+Enter");
    await finder.counts("6 of 6");
    await world.browser.shoot("notebook-find");
    await world.browser.checkAccessibility("the search in a notebook");
  });

  test("by case, by words, by an expression, and in one cell", async () => {
    await finder.toggle("Upper and lower case differ");
    await finder.counts("5 of 5");
    await finder.toggle("Whole words");
    await finder.counts("4 of 4");
    await finder.toggle("Whole words");
    await finder.toggle("A regular expression");
    await finder.find("^alpha\\w*");
    await finder.counts("1 of 2");
    await finder.find("alpha(");
    assert.match(await finder.count(), /group/i);
    await finder.find("alpha");
    await finder.toggle("A regular expression");
    await finder.bar.getByRole("checkbox", { name: "only this cell" }).check();
    assert.match(await finder.count(), /of 1$/);
    await world.page.keyboard.press("Escape");
    await finder.bar.waitFor({ state: "detached" });
    // Closing leads to what was found last.
    await until(() => book.isTyping(), Boolean, "the text has the focus");
  });

  test("replaces one, then all; each cell takes it back in one step", async () => {
    await book.open("small.ipynb");
    await book.focus("a");
    await world.page.keyboard.press("Control+Shift+F");
    await finder.find("alpha");
    await finder.toggle("Upper and lower case differ");
    await finder.counts("1 of 5");
    await finder.replaceWith("beta");
    await world.page.keyboard.press("Enter");
    await until(() => book.text("a"), (text) => text === "beta = 1\nalphabet = alpha + 1", "one is replaced");
    await finder.counts("1 of 4");
    await finder.bar.getByRole("button", { name: "Replace all" }).click();
    await until(() => book.text("a"), (text) => text === "beta = 1\nbetabet = beta + 1", "all are");
    assert.equal(await book.text("b"), "print(beta)");
    assert.equal(await book.text("c"), "Alpha = 'beta'");
    assert.equal(await finder.count(), "not found");
    await world.page.getByRole("button", { name: "Take back" }).click();
    await until(() => book.text("b"), (text) => text === "print(alpha)", "all are as they were");
    assert.equal(await book.text("a"), "beta = 1\nalphabet = alpha + 1");
    await finder.bar.getByRole("button", { name: "Replace all" }).click();
    await until(() => book.text("b"), (text) => text === "print(beta)", "all are replaced again");
    await world.page.keyboard.press("Escape");
    await book.edit("a");
    await world.page.keyboard.press("Control+z");
    await until(() => book.text("a"), (text) => text === "beta = 1\nalphabet = alpha + 1", "one step back");
    assert.equal(await book.text("b"), "print(beta)");
  });

  test("reaches cells that are out of sight, in a notebook of a thousand", async () => {
    await book.open("large.ipynb");
    await book.focus("k0");
    await world.page.keyboard.press("f");
    await finder.find("rate_999");
    await finder.counts("1 of 1");
    await world.page.locator('[data-cell="k999"] .cm-searchMatch-selected').waitFor();
    await finder.find("about the");
    await world.page.locator('[data-cell="k500"] .cm-searchMatch-selected').waitFor();
    await finder.find("rate");
    await finder.toggle("Upper and lower case differ");
    await until(() => finder.count(), (said) => said.endsWith("of 1,000"), "all are counted");
    await finder.replaceWith("price");
    await finder.bar.getByRole("button", { name: "Replace all" }).click();
    await finder.counts("not found");
    await world.page.keyboard.press("Escape");
    assert.equal(await book.text("k777"), "value_777 = Rate + price_777");
    await book.edit("k777");
    await world.page.keyboard.press("Control+z");
    await until(() => book.text("k777"), (text) => text === "value_777 = Rate + rate_777", "taken back");
    assert.equal(await book.text("k778"), "value_778 = Rate + price_778");
    await book.saved();
  });
});

describe("while a cell runs", () => {
  test("names are completed, and told of", async () => {
    await book.open("help.ipynb");
    await book.runs("names");
    await book.run("waits");
    await until(() => book.shows("waits"), (text) => text.includes("begins"), "it runs");
    await book.rewrite("here", "");
    await world.page.keyboard.type("wei");
    await world.page.keyboard.press("Control+ ");
    await world.page.locator(".cm-tooltip-autocomplete li", { hasText: "weigh" }).first().waitFor();
    // A list that has only just come up doesn't take the key of one who types on.
    await world.page.waitForTimeout(200);
    await world.page.keyboard.press("Enter");
    await until(() => book.text("here"), (text) => text === "weigh", "the name is completed");
    await world.page.keyboard.type("(");
    await world.page.locator(".inspected", { hasText: "times=2" }).waitFor();
    await world.page.keyboard.type("1)");
    await world.page.locator(".inspected").waitFor({ state: "detached" });
    const line = (await book.cell("here")).locator(".cm-line").first();
    const told = world.page.locator(".inspected", { hasText: "How heavy it is" });
    await until(
      async () => {
        // A mouse that doesn't move asks nothing.
        await world.page.mouse.move(5, 5);
        await line.hover({ position: { x: 30, y: 10 } });
        await world.page.waitForTimeout(800);
        return told.count();
      },
      (many) => many > 0,
      "what the name is",
    );
    await world.page.mouse.move(5, 5);
    assert.equal(await book.status("waits"), "running");
    await world.page.keyboard.press("Escape");
    await book.focus("waits");
    await world.page.keyboard.press("i");
    await world.page.keyboard.press("i");
    await book.becomes("waits", "interrupted");
  });
});

describe("keys in the text", () => {
  test("Ctrl+F finds in the cell, Ctrl+Shift+F in all; Ctrl+B hides the pane", async () => {
    await book.open("small.ipynb");
    await book.edit("a");
    await world.page.keyboard.press("Control+f");
    await finder.bar.waitFor();
    await world.page.keyboard.press("Escape");
    await finder.bar.waitFor({ state: "detached" });
    await book.edit("a");
    await world.page.keyboard.press("Control+Shift+f");
    await finder.bar.waitFor();
    await world.page.keyboard.press("Escape");
    await book.edit("a");
    const pane = world.page.getByRole("complementary").first();
    await pane.waitFor();
    const before = await world.page.getByRole("complementary").count();
    await world.page.keyboard.press("Control+b");
    await until(() => world.page.getByRole("complementary").count(), (now) => now === before - 1, "it is hidden");
    await world.page.keyboard.press("Control+b");
    await until(() => world.page.getByRole("complementary").count(), (now) => now === before, "it is back");
  });

  test("a docstring is what was typed", async () => {
    await book.rewrite("b", "");
    await world.page.keyboard.type('def f():\n"""Says it."""\nreturn "it"');
    const typed = 'def f():\n    """Says it."""\n    return "it"';
    await until(() => book.text("b"), (text) => text === typed, "nothing is doubled");
  });
});

describe("several cursors", () => {
  test("by Ctrl+D, and by Alt and a click", async () => {
    await book.open("help.ipynb");
    await book.edit("many");
    await world.page.keyboard.press("Control+Home");
    for (let times = 0; times < 3; times += 1) await world.page.keyboard.press("Control+d");
    await world.page.keyboard.type("blue");
    await until(() => book.text("many"), (text) => text === "blue = 1\nblue + blue", "all at once");
    await world.page.keyboard.press("Escape");
    await world.page.keyboard.press("Control+Home");
    const second = (await book.cell("many")).locator(".cm-line").nth(1);
    await second.click({ modifiers: ["Alt"], position: { x: 15, y: 8 } });
    await world.page.keyboard.press("Home");
    await world.page.keyboard.type("x");
    await until(() => book.text("many"), (text) => text === "xblue = 1\nxblue + blue", "in both lines");
  });
});

describe("a text that nobody types in yet", () => {
  test("stands as plain lines where the editor will be", async () => {
    const page = await world.browser.open();
    // A page that is never idle.
    await page.addInitScript(() => {
      window.requestIdleCallback = () => 0;
    });
    const still = new NotebookOnPage(world, page);
    await still.open("plain.ipynb");
    const heights = () =>
      page.locator(".text").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
    const before = await heights();
    assert.equal(await page.locator(".still").count(), before.length);
    assert.ok(before.at(-1) > 200, "long lines are broken");
    for (const id of ["first", "empty", "wide", "long"]) {
      await (await still.cell(id)).locator(".text").hover();
      await (await still.cell(id)).locator(".cm-content").waitFor();
    }
    assert.deepEqual(await heights(), before);
    await page.close();
  });

  test("is an editor with the first press, and the cursor stands where it was pressed", async () => {
    const page = await world.browser.open();
    await page.addInitScript(() => {
      window.requestIdleCallback = () => 0;
      // A finger: nothing tells that it comes.
      addEventListener("pointerenter", (event) => event.stopImmediatePropagation(), true);
    });
    const still = new NotebookOnPage(world, page);
    await still.open("plain.ipynb");
    const box = await (await still.cell("first")).locator(".still").boundingBox();
    // In the second line, before its third letter: a letter of this font is 7.8 pixels wide.
    await page.mouse.click(box.x + 14 + 2 * 7.8, box.y + 9 + 20 + 10);
    await until(() => still.isTyping(), Boolean, "one types");
    await page.keyboard.type("__");
    await until(() => still.text("first"), (text) => text === "alpha = 1\nbe__ta = 2", "it is typed there");
    await page.close();
  });
});

describe("what is wrong with a text", () => {
  test("is marked in it and told before it runs; it goes when it is right", async () => {
    await book.open("wrong.ipynb");
    const cell = await book.cell("broken");
    await cell.locator(".cm-lint-marker-error").waitFor();
    await cell.locator(".cm-lint-marker-error").hover();
    await world.page.locator(".cm-diagnostic-error").waitFor();
    for (const look of ["light", "dark"]) {
      await world.browser.look(look);
      await world.browser.shoot(`notebook-diagnostics-${look}`);
      await world.browser.checkAccessibility(`a cell with a problem, ${look}`);
    }
    await world.browser.look("light");
    await world.page.mouse.move(5, 300);
    await book.rewrite("broken", "def f():\n    pass");
    await cell.locator(".cm-lint-marker-error").waitFor({ state: "detached" });
    assert.equal(await (await book.cell("fine")).locator(".cm-lint-marker-error").count(), 0);
  });

  test("is told of SQL, too, and listed by a key", async () => {
    const cell = await book.cell("query");
    await cell.locator(".cm-lint-marker-error").waitFor();
    await book.edit("query");
    await world.page.keyboard.press("Control+Shift+M");
    await cell.getByRole("listbox", { name: "Diagnostics" }).getByRole("option").waitFor();
    await world.browser.shoot("notebook-diagnostics-list");
    await world.page.keyboard.press("Escape");
    await cell.getByRole("listbox", { name: "Diagnostics" }).waitFor({ state: "detached" });
    await book.rewrite("query", "SELECT 1 AS one");
    await cell.locator(".cm-lint-marker-error").waitFor({ state: "detached" });
  });
});

describe("a definition", () => {
  const chosen = () => world.page.evaluate(() => getSelection().toString());

  test("is gone to by F12, from cell to cell", async () => {
    await book.open("wrong.ipynb");
    await book.edit("uses");
    await world.page.keyboard.press("Control+Home");
    for (let times = 0; times < 8; times += 1) await world.page.keyboard.press("ArrowRight");
    await world.page.keyboard.press("F12");
    await until(() => book.focused(), (at) => at === "fine", "the cell that makes it has the focus");
    await until(chosen, (text) => text === "base", "the name is chosen");
  });

  test("is gone to by Ctrl and a click", async () => {
    await book.focus("broken");
    const line = (await book.cell("uses")).locator(".cm-line");
    // Where the name stands in the line.
    const [x, y] = await line.evaluate((element) => {
      const range = document.createRange();
      const nodes = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      let node = nodes.nextNode();
      while (!node.data.includes("other")) node = nodes.nextNode();
      const at = node.data.indexOf("other");
      range.setStart(node, at);
      range.setEnd(node, at + 5);
      const box = range.getBoundingClientRect();
      return [box.x + box.width / 2, box.y + box.height / 2];
    });
    await world.page.keyboard.down("Control");
    await world.page.mouse.click(x, y);
    await world.page.keyboard.up("Control");
    await until(() => book.focused(), (at) => at === "fine", "the cell that makes it has the focus");
    await until(chosen, (text) => text === "other", "the name is chosen");
  });
});

/** Every key of command mode that Jupyter has, what cells are moved and run by, and their modes. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NotebookOnPage, readNotebook, until, writeNotebook } from "./support/notebook.mjs";
import { makeWorld } from "./support/world.mjs";

const files = {};
const world = makeWorld(async (project) => {
  files.cells = writeNotebook(project, "cells.ipynb", [
    ["a", "one = 1"],
    ["b", "two = 2\nthree = 3"],
    ["c", "four = 4"],
    ["d", "five = 5"],
  ]);
  files.runs = writeNotebook(project, "runs.ipynb", [
    ["a", "x = 1\nprint('a ran')"],
    ["b", "y = x + 1\nprint('b ran')"],
    ["c", "z = y + 1\nprint('c ran')"],
    ["d", "import time\nprint('begins', flush=True)\ntime.sleep(600)"],
    ["e", "'end'"],
  ]);
  writeNotebook(project, "again.ipynb", [
    ["process", "import os\nos.getpid()"],
    ["last", "'end'"],
  ]);
  files.modes = writeNotebook(project, "modes.ipynb", [
    ["a", "x = 1"],
    ["b", "y = x + 1\ny"],
    ["c", "z = x + 2\nz"],
  ]);
});
const book = new NotebookOnPage(world);

/** Presses keys one after the other. */
async function press(...keys) {
  for (const key of keys) await world.page.keyboard.press(key);
}

async function orderIs(order, what) {
  await until(() => book.order(), (now) => now.join() === order, what);
}

async function hasCells(many, what) {
  await until(() => book.order(), (now) => now.length === many, what);
}

async function goes(to, what) {
  await until(() => book.focused(), (at) => at === to, what);
}

describe("going about", () => {
  test("Enter and Escape lead into the text and out of it", async () => {
    await book.open("cells.ipynb");
    await book.focus("a");
    await press("Enter");
    await until(() => book.isTyping(), Boolean, "Enter leads into the text");
    await press("Escape");
    await until(() => book.isTyping(), (is) => !is, "Escape leads out of it");
    assert.equal(await book.focused(), "a");
  });

  test("j, k and the arrows, Home and End", async () => {
    await press("j");
    await goes("b", "j goes down");
    await press("ArrowDown");
    await goes("c", "the arrow, too");
    await press("k");
    await goes("b", "k goes up");
    await press("ArrowUp");
    await goes("a", "the arrow, too");
    await press("k");
    await goes("a", "there is none above");
    await press("End");
    await goes("d", "End goes to the last");
    await press("Home");
    await goes("a", "Home to the first");
  });

  test("arrows in the text go on to the next cell at its edge", async () => {
    await book.edit("b");
    await press("Control+Home", "ArrowDown");
    assert.equal(await book.focused(), "b");
    await press("ArrowDown");
    await goes("c", "from the last line down");
    assert.ok(await book.isTyping());
    await press("ArrowUp");
    await goes("b", "from the first line up");
    await press("Escape");
  });
});

describe("cells come and go", () => {
  test("a above, b below, dd away, z back, Shift+Z away again", async () => {
    await book.open("cells.ipynb");
    await book.focus("b");
    await press("a");
    await hasCells(5, "a cell above");
    assert.equal((await book.order()).indexOf("b"), 2);
    await press("d", "d");
    await orderIs("a,b,c,d", "dd deletes it");
    await book.focus("b");
    await press("b");
    await hasCells(5, "a cell below");
    assert.equal((await book.order()).indexOf("c"), 3);
    await press("d", "d");
    await orderIs("a,b,c,d", "dd deletes it");
    await book.focus("c");
    await press("d", "d");
    await orderIs("a,b,d", "dd deletes");
    await press("z");
    await orderIs("a,b,c,d", "z brings it back");
    await press("Shift+Z");
    await orderIs("a,b,d", "Shift+Z deletes it again");
    await press("z");
    await orderIs("a,b,c,d", "and back");
  });

  test("z brings cells back one after another, the last deleted first, each to its place", async () => {
    await book.focus("a");
    await press("d", "d");
    await orderIs("b,c,d", "the first is deleted");
    await book.focus("c");
    await press("d", "d");
    await orderIs("b,d", "another is deleted");
    await book.focus("d");
    await press("d", "d");
    await orderIs("b", "and one more");
    await press("z");
    await orderIs("b,d", "the last comes back");
    await press("z");
    await orderIs("b,c,d", "then the one before");
    await press("z");
    await orderIs("a,b,c,d", "then the first");
  });

  test("z passes over what was typed since, and says so when that would be lost", async () => {
    await book.focus("c");
    await press("d", "d");
    await orderIs("a,b,d", "c is deleted");
    await book.edit("b");
    await press("Control+End");
    await world.page.keyboard.insertText(" + 0");
    await press("Escape", "z");
    await orderIs("a,b,c,d", "the deleted cell is back");
    assert.equal(await book.text("b"), "two = 2\nthree = 3 + 0", "what was typed stays");
    await press("Shift+Z");
    await orderIs("a,b,d", "Shift+Z deletes it again");
    await press("z");
    await book.edit("b");
    await press("Control+z");
    await until(() => book.text("b"), (text) => text === "two = 2\nthree = 3", "Ctrl+Z is the typing's");
    await press("Escape", "b");
    await hasCells(5, "a new cell");
    const made = (await book.order())[2];
    await goes(made, "it has the focus");
    await book.edit(made);
    await world.page.keyboard.insertText("new = 5");
    await press("Escape", "z");
    await world.page.getByText(/cell 3 was typed in since/).first().waitFor();
    assert.equal((await book.order()).length, 5, "it stays");
    await press("d", "d");
    await orderIs("a,b,c,d", "it can be deleted");
  });

  test("a single d does nothing", async () => {
    await book.focus("a");
    await press("d", "j");
    await goes("b", "the other key is obeyed");
    assert.equal((await book.order()).length, 4);
  });

  test("x cuts, v pastes below, Shift+V above, c copies", async () => {
    await book.focus("a");
    await press("x");
    await orderIs("b,c,d", "it is cut");
    await book.focus("b");
    await press("v");
    await hasCells(4, "it is pasted");
    const pasted = (await book.order())[1];
    assert.equal(await book.text(pasted), "one = 1");
    await goes(pasted, "it has the focus");
    await press("c");
    await book.focus("b");
    await press("Shift+V");
    await hasCells(5, "the copy is pasted above");
    const above = (await book.order())[0];
    assert.equal(await book.text(above), "one = 1");
    await goes(above, "it has the focus");
    await press("d", "d");
    await hasCells(4, "as it was");
  });

  test("several are chosen with Shift, and deleted, merged and brought back together", async () => {
    await book.open("cells.ipynb");
    const [first, second, third] = await book.order();
    await book.focus(first);
    await press("Shift+J", "Shift+ArrowDown");
    await until(
      () => world.page.locator("article.chosen").count(),
      (many) => many === 3,
      "three are chosen",
    );
    await press("Shift+M");
    await hasCells(2, "they are one");
    const whole = "two = 2\nthree = 3\none = 1\nfour = 4";
    await until(() => book.text(first), (text) => text === whole, "with all that was in them");
    await press("z");
    await hasCells(4, "z parts them again");
    assert.deepEqual((await book.order()).slice(0, 3), [first, second, third]);
  });

  test("Shift+M merges with the one below, Ctrl+Shift+- splits at the cursor", async () => {
    const [first, second] = await book.order();
    await book.focus(first);
    await press("Shift+M");
    await hasCells(3, "merged");
    await book.edit(first);
    await press("Control+Home", "ArrowDown", "End", "Control+Shift+-");
    await hasCells(4, "split");
    await until(() => book.text(first), (text) => text === "two = 2\nthree = 3", "the upper half");
    const made = (await book.order())[1];
    await goes(made, "the lower half has the cursor");
    assert.ok(await book.isTyping());
    assert.equal(await book.text(made), "one = 1");
    assert.notEqual(made, second);
    await press("Escape");
  });

  test("m, y and r change what a cell is", async () => {
    const [first] = await book.order();
    await book.focus(first);
    for (const [key, name] of [["m", /^Markdown/], ["r", /^Raw/], ["y", /^Python/]]) {
      await press(key);
      await (await book.cell(first)).getByRole("button", { name }).waitFor();
      await goes(first, "it keeps the focus");
    }
  });
});

describe("moving", () => {
  test("by Alt and an arrow", async () => {
    await book.open("runs.ipynb");
    await book.focus("a");
    await press("Alt+ArrowDown");
    await orderIs("b,a,c,d,e", "down");
    await goes("a", "it keeps the focus");
    await press("Alt+ArrowUp");
    await orderIs("a,b,c,d,e", "up");
  });

  test("by its bar, with the mouse", async () => {
    const bar = (await book.cell("a")).locator(".bar");
    const target = await book.cell("c");
    const box = await target.boundingBox();
    await bar.dragTo(target, {
      sourcePosition: { x: 300, y: 15 },
      targetPosition: { x: 300, y: box.height - 5 },
    });
    await orderIs("b,c,a,d,e", "it stands where it was dropped");
    await book.focus("a");
    await press("z");
    await orderIs("a,b,c,d,e", "z takes it back");
  });
});

describe("folding", () => {
  test("o folds the outputs, Shift+O the text; the file says so", async () => {
    await book.open("runs.ipynb");
    await book.runs("a");
    await book.focus("a");
    await press("o");
    const cell = await book.cell("a");
    await cell.getByRole("button", { name: /output folded away/ }).waitFor();
    await press("Shift+O");
    await cell.getByRole("button", { name: /^x = 1 …/ }).waitFor();
    await book.saved();
    await until(
      () => readNotebook(files.runs, "metadata").get("a"),
      ({ jupyter }) => jupyter?.source_hidden === true && jupyter?.outputs_hidden === true,
      "the file says it as Jupyter does",
    );
    await press("o", "Shift+O");
    await cell.locator(".cm-content").waitFor();
    await until(() => book.shows("a"), (text) => text.includes("a ran"), "all is shown again");
  });
});

describe("running", () => {
  test("Shift+Enter steps, Ctrl+Enter stays, Alt+Enter inserts", async () => {
    await book.open("runs.ipynb");
    await book.focus("a");
    await press("Shift+Enter");
    await goes("b", "the next has the focus");
    await book.becomes("a", "fresh");
    await press("Control+Enter");
    await book.becomes("b", "fresh");
    assert.equal(await book.focused(), "b");
    await press("Alt+Enter");
    await hasCells(6, "a cell is inserted");
    assert.equal((await book.order()).indexOf("c"), 3);
    await until(() => book.isTyping(), Boolean, "to type in");
    await press("Escape", "d", "d");
    await hasCells(5, "and deleted");
  });

  test("keys that come before the answer are meant for the next cell", async () => {
    await book.edit("a");
    const before = await book.text("a");
    // Told all at once, quicker than a hand could press them.
    const devtools = await world.page.context().newCDPSession(world.page);
    const tell = (type, key, code, modifiers = 0, text = "") =>
      devtools.send("Input.dispatchKeyEvent", {
        type, key, code: key, windowsVirtualKeyCode: code, modifiers, ...(text ? { text } : {}),
      });
    const [enter, shift] = [13, 8];
    await Promise.all([
      tell("keyDown", "Enter", enter, shift, "\r"),
      tell("keyUp", "Enter", enter, shift),
      tell("keyDown", "j", 74, 0, "j"),
      tell("keyUp", "j", 74),
      tell("keyDown", "Enter", enter, 0, "\r"),
      tell("keyUp", "Enter", enter),
    ]);
    await devtools.detach();
    await until(() => book.isTyping(), Boolean, "the last of them leads into a text");
    assert.equal(await book.focused(), "c");
    assert.equal(await book.text("a"), before);
    await press("Escape");
    await book.becomes("a", "fresh");
  });

  test("above, below and what is stale", async () => {
    await book.rewrite("a", "x = 10\nprint('a ran')");
    await book.becomes("c", "never_run");
    const menu = async (id, name) => {
      await (await book.cell(id)).getByRole("button", { name: "More for this cell" }).click();
      await world.page.getByRole("menuitem", { name }).click();
    };
    await menu("c", /^Run the cells above/);
    await book.becomes("a", "fresh");
    await book.becomes("b", "fresh");
    assert.equal(await book.status("c"), "never_run");
    await book.runs("c");
    await book.rewrite("b", "y = x + 2\nprint('b ran')");
    await book.becomes("c", "stale");
    const stale = world.page.getByRole("button", { name: /^Run stale/ });
    await until(() => stale.innerText(), (text) => text.includes("2"), "two are stale");
    await stale.click();
    await book.becomes("b", "fresh");
    await book.becomes("c", "fresh");
  });

  test("ii stops; while it runs its time is shown, and what waits says so", async () => {
    await book.run("d");
    await book.becomes("d", "running");
    await until(() => book.shows("d"), (text) => text.includes("begins"), "it prints");
    const cell = await book.cell("d");
    await until(
      async () => /running\s*\d+\.\d s/.test(await cell.locator(".bar").innerText()),
      Boolean,
      "its time is told",
    );
    await book.run("e");
    await book.becomes("e", "queued");
    const activity = world.page.getByRole("region", { name: "Activity" });
    await activity.getByRole("button", { name: "cell 4 · Python" }).waitFor();
    await activity.getByRole("button", { name: "cell 5 · Python" }).waitFor();
    await activity.getByRole("button", { name: "Don't run cell 5" }).click();
    await book.becomes("e", "never_run");
    assert.equal(await book.status("d"), "running");
    await book.focus("d");
    await press("i", "i");
    await book.becomes("d", "interrupted");
  });

  test("00 asks, and restarts all interpreters", async () => {
    await book.rewrite("e", "import os\nos.getpid()");
    await press("Control+Enter");
    const before = await until(() => book.shows("e"), (text) => /\d+/.test(text), "its process");
    await book.focus("a");
    await press("0", "0");
    const dialog = world.page.getByRole("dialog", { name: "Restart all interpreters?" });
    await dialog.getByRole("button", { name: "Restart" }).click();
    await dialog.waitFor({ state: "detached" });
    await book.run("e");
    await until(
      () => book.shows("e"),
      (text) => /\d+/.test(text) && text !== before,
      "it runs in another process",
    );
  });
});

describe("a cell's own mode", () => {
  test("is a comment that the menu writes, shown beside its status, and obeyed", async () => {
    await book.open("modes.ipynb");
    await (await book.cell("a")).getByRole("button", { name: "More for this cell" }).click();
    await world.page.getByRole("menuitemradio", { name: /^Manual/ }).click();
    await until(() => book.text("a"), (text) => text === "# flownote: manual\nx = 1", "the text says it");
    await (await book.cell("a")).locator(".own-mode", { hasText: "manual" }).waitFor();
    await book.run("b");
    await (await book.cell("b")).getByText(/needs cell 1, which runs only when you run it/).waitFor();
    await (await book.cell("a")).getByRole("button", { name: "More for this cell" }).click();
    await world.page.getByRole("menuitemradio", { name: /^Runs as the notebook says/ }).click();
    await until(() => book.text("a"), (text) => text === "x = 1", "the word is gone");
    await book.runs("b");
  });

  test("auto: it runs when what it uses changed", async () => {
    await (await book.cell("b")).getByRole("button", { name: "More for this cell" }).click();
    await world.page.getByRole("menuitemradio", { name: /^Auto/ }).click();
    await book.runs("c");
    await book.rewrite("a", "x = 40");
    await until(() => book.shows("b"), (text) => text.trim() === "41", "it ran by itself");
    assert.equal(await book.status("c"), "stale");
  });
});

describe("what can be done", () => {
  test("h shows the keys; the palette finds each action by its name", async () => {
    await book.open("cells.ipynb");
    await book.focus((await book.order())[0]);
    await press("h");
    const sheet = world.page.getByRole("dialog", { name: "Keys of a notebook" });
    await sheet.getByText("Find and replace in all cells").first().waitFor();
    await press("Escape");
    await sheet.waitFor({ state: "detached" });
    await book.focus((await book.order())[0]);
    await press("Control+Shift+P");
    await world.page.getByRole("combobox", { name: /command/ }).fill("insert a cell above");
    await press("Enter");
    await hasCells(5, "the palette did it");
  });

  test("? shows the same sheet wherever the focus is, and the palette has it once", async () => {
    await world.page.getByRole("button", { name: "Run all" }).focus();
    await press("?");
    const sheet = world.page.getByRole("dialog", { name: "Keys of a notebook" });
    await sheet.getByText("Search what is shown").waitFor();
    await press("Escape");
    await sheet.waitFor({ state: "detached" });
    await press("Control+k");
    await world.page.getByRole("combobox", { name: /command/ }).fill("keys");
    const found = world.page.getByRole("option").filter({ hasText: /Keys/ });
    assert.equal(await found.count(), 1);
    await found.click();
    await sheet.waitFor();
    await press("Escape");
  });

  test("everything runs anew after a restart", async () => {
    await book.open("again.ipynb");
    await book.runs("process");
    const before = await book.shows("process");
    await palette("restart and run all");
    await world.page.getByRole("button", { name: "Restart and run all" }).click();
    await until(() => book.shows("process"), (text) => /\d/.test(text) && text !== before, "another");
    await book.becomes("last", "fresh");
  });

  test("the notebook is duplicated and renamed from its menu", async () => {
    const menu = async (item) => {
      await world.page.getByRole("button", { name: "More for the notebook" }).click();
      await world.page.getByRole("menuitem", { name: item }).click();
    };
    await menu("Duplicate the notebook");
    await world.page.getByText("Copied to again-copy.ipynb").waitFor();
    await menu("Rename the notebook…");
    await world.page.getByRole("textbox", { name: "Name, with folders" }).fill("anew.ipynb");
    await world.page.getByRole("button", { name: "End the session and rename" }).click();
    await world.page.waitForURL("**/notebooks/anew.ipynb");
    assert.match(await book.shows("last"), /end/);
    // A pane may have asked for the notebook by its old name meanwhile.
    world.browser.complaints.length = 0;
  });

  test("a narrow window keeps every action: what has no room is in the menu", async () => {
    await world.browser.look("light", 520, 800);
    await book.open("cells.ipynb");
    const bar = world.page.getByRole("toolbar", { name: "Notebook" });
    const sticksOut = await bar.evaluate((it) => it.scrollWidth - it.clientWidth);
    assert.ok(sticksOut <= 0, `${sticksOut} px of the bar are out of sight`);
    await bar.getByRole("button", { name: "More for the notebook" }).click();
    await world.page.getByRole("menuitem", { name: "Run as flow…" }).waitFor();
    await world.page.getByRole("menuitem", { name: "All notebooks" }).waitFor();
    await world.page.getByRole("menuitemradio", { name: /^Lazy/ }).waitFor();
    await world.browser.shoot("notebook-narrow-menu");
    await press("Escape");
    await world.browser.shoot("notebook-narrow");
    await world.browser.look("light");
  });
});

/** Does what the palette finds first. */
async function palette(text) {
  await press("Control+k");
  await world.page.getByRole("combobox", { name: /command/ }).fill(text);
  await press("Enter");
}

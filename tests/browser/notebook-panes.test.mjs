/** The panes beside the cells: files, history, kernel, and what stands in them. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { NotebookOnPage, until, writeNotebook } from "./support/notebook.mjs";
import { python } from "./support/shell.mjs";
import { makeWorld } from "./support/world.mjs";

const world = makeWorld(async (project) => {
  writeNotebook(project, "deep/open.ipynb", [
    ["a", "ratings = [1, 2, 3]"],
    ["b", "total = sum(ratings)\nprint(total)"],
    ["c", "import math"],
    ["d", "# The root\nprint(math.sqrt(4))"],
  ]);
  writeNotebook(project, "deep/other.ipynb", [["a", "1"]]);
  writeNotebook(project, "top.ipynb", [
    ["a", "1"],
    ["q", "%%sql\nSELECT 1 AS one"],
  ]);
});
const book = new NotebookOnPage(world);

const pane = (name) => world.page.getByRole("region", { name });
const file = (name) => pane("Files").getByRole("treeitem", { name: new RegExp(`^${name}`) });
const inFolder = (...parts) => join(world.project.folder, ...parts);

describe("symbols", () => {
  test("a name under the mouse shows its value", async () => {
    await book.open("deep/open.ipynb");
    await book.runs("a");
    await pane("Symbols").getByRole("button", { name: /ratings/ }).hover();
    await world.page.getByRole("tooltip").getByText("[1, 2, 3]").waitFor();
    await world.page.mouse.move(600, 500);
    await world.page.getByRole("tooltip").waitFor({ state: "detached" });
  });

  test("the cells are drawn with what they use; a stale way is dashed", async () => {
    await book.runs("b");
    const graph = pane("Cells and what they use of each other");
    await graph.getByRole("button", { name: /^cell 2 total.*, Python, fresh/ }).waitFor();
    await book.rewrite("a", "ratings = [4, 5]");
    await graph.getByRole("button", { name: /^cell 2 total.*, Python, stale/ }).waitFor();
    assert.equal(await graph.locator("path.stale").count(), 1);
    await graph.getByRole("button", { name: /^cell 2/ }).click();
    assert.equal(await book.focused(), "b");
    await book.runs("b");
    assert.match(await book.shows("b"), /9/);
  });

  test("who uses a module is joined to the cell that imports it; cells go by their first lines", async () => {
    const graph = pane("Cells and what they use of each other");
    assert.equal(await graph.locator("path.import").count(), 1);
    await graph.getByText("4 The root").waitFor();
    await graph.getByText("3 import math").waitFor();
  });
});

describe("files", () => {
  test("the folder of the open notebook is open, and it stands out", async () => {
    await book.open("deep/open.ipynb");
    await file("open.ipynb").waitFor();
    assert.equal(await file("open.ipynb").getAttribute("aria-current"), "page");
    await file("top.ipynb").waitFor();
    await file("deep").click();
    await file("open.ipynb").waitFor({ state: "detached" });
    await file("deep").click();
    await file("other.ipynb").waitFor();
  });

  test("are copied, renamed and deleted from their menu", async () => {
    const menu = async (name, item) => {
      await file(name).hover();
      await file(name).getByRole("button", { name: /^More/ }).click();
      await world.page.getByRole("menuitem", { name: item }).click();
    };
    await menu("other.ipynb", "Copy");
    await file("other-copy.ipynb").waitFor();
    await menu("other-copy.ipynb", /Rename/);
    await world.page.getByRole("textbox", { name: "Name, with folders" }).fill("deep/renamed.ipynb");
    await world.page.getByRole("button", { name: "Rename" }).click();
    await file("renamed.ipynb").waitFor();
    await menu("renamed.ipynb", /Delete/);
    await world.page.getByRole("button", { name: "Delete" }).click();
    await file("renamed.ipynb").waitFor({ state: "detached" });
    assert.ok(!existsSync(inFolder("deep", "renamed.ipynb")));
    assert.ok(existsSync(inFolder("deep", "other.ipynb")));
  });

  test("come by a button and by dropping them, and replace others only when asked", async () => {
    writeFileSync(inFolder("given.csv"), "a,b\n1,2\n");
    const chooser = world.page.waitForEvent("filechooser");
    await pane("Files").getByRole("button", { name: "Upload files" }).click();
    await (await chooser).setFiles(inFolder("given.csv"));
    await until(() => existsSync(inFolder("deep", "given.csv")), Boolean, "it is in the folder");
    assert.equal(readFileSync(inFolder("deep", "given.csv"), "utf8"), "a,b\n1,2\n");
    const drop = async (name, text) => {
      const data = await world.page.evaluateHandle(
        ([name, text]) => {
          const transfer = new DataTransfer();
          const content = typeof text === "number" ? new Uint8Array(text) : text;
          transfer.items.add(new File([content], name));
          return transfer;
        },
        [name, text],
      );
      await file("top.ipynb").dispatchEvent("dragover", { dataTransfer: data });
      await file("top.ipynb").dispatchEvent("drop", { dataTransfer: data });
    };
    await drop("dropped.txt", "hello");
    const dropped = () =>
      existsSync(inFolder("dropped.txt")) ? readFileSync(inFolder("dropped.txt"), "utf8") : null;
    await until(dropped, (text) => text === "hello", "it lies where it was dropped");
    await drop("dropped.txt", "another");
    const replace = world.page.getByRole("dialog", { name: "Replace dropped.txt?" });
    await replace.getByRole("button", { name: "Cancel" }).click();
    assert.equal(readFileSync(inFolder("dropped.txt"), "utf8"), "hello");
    await drop("dropped.txt", "another");
    await replace.getByRole("button", { name: "Replace" }).click();
    await until(dropped, (text) => text === "another", "it is replaced");
    await drop("top.ipynb", readFileSync(inFolder("top.ipynb"), "utf8"));
    await world.page.getByText(/top\.ipynb.* is there already/).first().waitFor();
    await drop("large.bin", 49 * 1024 * 1024);
    await world.page.getByText(/large\.bin has .* a page may send/).waitFor();
    assert.ok(!existsSync(inFolder("large.bin")));
    // The browser itself complains of the refused request.
    world.browser.complaints.length = 0;
  });

  const rename = async (name, path) => {
    await file(name).hover();
    await file(name).getByRole("button", { name: /^More/ }).click();
    await world.page.getByRole("menuitem", { name: /Rename/ }).click();
    await world.page.getByRole("textbox", { name: "Name, with folders" }).fill(path);
    await world.page.getByRole("button", { name: "Rename" }).click();
  };

  test("a notebook whose kernel runs keeps its name, and the dialog says why", async () => {
    await rename("open.ipynb", "deep/named.ipynb");
    const dialog = world.page.getByRole("dialog");
    await dialog.getByText(/the kernel of .* runs/).waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await file("open.ipynb").waitFor();
    // The browser itself complains of the refused request.
    world.browser.complaints.length = 0;
  });

  test("the open notebook is renamed: the page goes along", async () => {
    await book.open("deep/other.ipynb");
    await rename("other.ipynb", "deep/named.ipynb");
    await world.page.waitForURL(/deep\/named\.ipynb$/);
    await world.page.getByRole("heading", { name: "named.ipynb" }).waitFor();
    await world.browser.shoot("notebook-panes");
    await book.runs("a");
  });
});

/** The copies of earlier saves: their files. */
function copies() {
  const folder = inFolder(".flownote/history");
  if (!existsSync(folder)) return [];
  const paths = readdirSync(folder, { recursive: true }).filter((path) => path.endsWith(".ipynb"));
  return paths.map((path) => join(folder, path));
}

/** Saves of two minutes are one: makes those that are there older than that. */
function hourEarlier() {
  for (const path of copies()) {
    const [, folder, at, rest] = /^(.*\/)(\d+)(-.*)$/.exec(path);
    renameSync(path, `${folder}${at - 3_600_000}${rest}`);
  }
}

describe("history", () => {
  test("a save is seen, compared with now, restored and taken back", async () => {
    await book.open("top.ipynb");
    await book.rewrite("a", "first = 1");
    await world.page.keyboard.press("Control+s");
    await until(copies, (all) => all.some((path) => readFileSync(path, "utf8").includes("first")), "saved");
    hourEarlier();
    await book.rewrite("a", "second = 2\nmore = 3");
    await world.page.keyboard.press("Control+s");
    await book.saved();
    const entries = pane("History").getByRole("button", { name: /saved/ });
    await until(() => entries.count(), (many) => many >= 2, "there are saves");
    const dialog = world.page.getByRole("dialog");
    // The one before the last has the first text.
    await entries.nth(1).click();
    await dialog.getByText("− first = 1").or(dialog.getByText("−first = 1")).first().waitFor();
    for (const look of ["light", "dark"]) {
      await world.browser.look(look);
      await world.browser.shoot(`notebook-history-${look}`);
      await world.browser.checkAccessibility(`an earlier save, ${look}`);
    }
    await world.browser.look("light");
    await dialog.getByRole("tab", { name: "As it was" }).click();
    await dialog.getByText("first = 1").waitFor();
    await dialog.getByRole("button", { name: "Restore" }).click();
    await dialog.waitFor({ state: "detached" });
    await until(() => book.text("a"), (text) => text === "first = 1", "it is as it was");
    await book.focus("a");
    await world.page.keyboard.press("z");
    await until(() => book.text("a"), (text) => text.startsWith("second"), "z takes it back");
  });

  test("runs stand in it and lead to Runs", async () => {
    await book.runs("a");
    await pane("History").getByRole("link", { name: /run/ }).first().click();
    await world.page.waitForURL(/\/runs\//);
  });
});

describe("the kernel", () => {
  test("its processes, their memory, their Python and its packages", async () => {
    await book.open("top.ipynb");
    await book.runs("a");
    const kernel = pane("Kernel");
    await book.runs("q");
    await kernel.getByText(/^\d+(\.\d+)? MB$/).nth(1).waitFor();
    await kernel.getByRole("button", { name: "Packages…" }).click();
    const dialog = world.page.getByRole("dialog", { name: "Packages" });
    await dialog.getByRole("searchbox", { name: "Find a package" }).fill("flownote");
    await dialog.getByRole("listitem").filter({ hasText: "flownote" }).first().waitFor();
    for (const look of ["light", "dark"]) {
      await world.browser.look(look);
      await world.browser.shoot(`notebook-packages-${look}`);
      await world.browser.checkAccessibility(`the kernel's packages, ${look}`);
    }
    await world.browser.look("light");
    await dialog.getByRole("button", { name: "Close" }).click();
    await dialog.waitFor({ state: "detached" });
    for (const [look, width] of [["light", 1440], ["dark", 1440], ["light", 420]]) {
      await world.browser.look(look, width);
      if (width < 800) await world.page.getByRole("button", { name: "Pane: symbols and activity" }).click();
      await kernel.waitFor();
      await world.browser.shoot(`notebook-kernel-${look}-${width}`);
      await world.browser.checkAccessibility(`the kernel, ${look}, ${width} wide`);
    }
    await world.browser.look("light");
  });

  test("is begun anew, one process by one", async () => {
    const kernel = pane("Kernel");
    const process = (title) => kernel.locator(".entry.with-button", { hasText: title }).getAttribute("title");
    const [python, sql] = [await process("Python"), await process("SQL")];
    await kernel.getByRole("button", { name: "Restart Python" }).click();
    await until(() => process("Python"), (now) => now !== python, "its process ended");
    await book.runs("a");
    await until(() => process("Python"), (now) => /process \d+/.test(now) && now !== python, "another process");
    assert.equal(await process("SQL"), sql, "the other one goes on");
    assert.equal(await book.status("q"), "fresh");
  });

  test("runs in the Python that is chosen, beside the notebook or by its path", async () => {
    const bin = inFolder(".venv", "bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(inFolder(".venv", "pyvenv.cfg"), "");
    writeFileSync(join(bin, "python"), `#!/bin/sh\nexport CHOSEN=venv\nexec ${python} "$@"\n`, { mode: 0o755 });
    await book.rewrite("a", "import os\nos.environ.get('CHOSEN', 'the server')");
    await book.runs("a");
    assert.match(await book.shows("a"), /the server/);
    await pane("Kernel").getByRole("button", { name: "Python…" }).click();
    const dialog = world.page.getByRole("dialog", { name: "Python of this notebook" });
    const use = dialog.getByRole("button", { name: "Use it" });
    await dialog.getByRole("radio", { checked: true }).waitFor();
    assert.ok(await use.isDisabled(), "it is used already");
    for (const look of ["light", "dark"]) {
      await world.browser.look(look);
      await world.browser.shoot(`notebook-pythons-${look}`);
      await world.browser.checkAccessibility(`the Pythons, ${look}`);
    }
    await world.browser.look("light");
    await dialog.getByRole("textbox", { name: "Another" }).fill("/bin/true");
    await use.click();
    await dialog.getByText("cells can't run in /bin/true").or(dialog.getByText("it is no Python")).first().waitFor();
    assert.match(world.browser.complaints.splice(0).join(), /status of 400/);
    await dialog.getByRole("textbox", { name: "Another" }).fill("");
    // The server's own may be a `.venv`, too.
    await dialog.locator("label", { hasText: join(bin, "python") }).getByRole("radio").check();
    await use.click();
    await dialog.waitFor({ state: "detached" });
    await book.runs("a");
    assert.match(await book.shows("a"), /venv/);
    await world.page.reload();
    await until(() => book.shows("a"), (shown) => /venv/.test(shown), "it is kept");
  });
});

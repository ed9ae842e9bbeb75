/** One notebook before several eyes, and through what breaks: the page, the server. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { NotebookOnPage, readNotebook, until, writeNotebook } from "./support/notebook.mjs";
import { makeWorld } from "./support/world.mjs";

const files = {};
const world = makeWorld(async (project) => {
  files.shared = writeNotebook(project, "shared.ipynb", [
    ["a", "first = 1"],
    ["b", "second = 2"],
  ]);
  files.disk = writeNotebook(project, "disk.ipynb", [["a", "print('from here')"], ["b", ""]]);
  files.slow = writeNotebook(project, "slow.ipynb", [
    [
      "waits",
      "import time\nfrom pathlib import Path\nprint('begins', flush=True)\nwhile not Path('gate').exists():\n    time.sleep(0.05)\nprint('the gate is open')",
    ],
    ["note", "# 1"],
  ]);
});
const book = new NotebookOnPage(world);

/** The seconds that the running cell says it has run. */
async function elapsed(one) {
  const said = (await one.cell("waits")).locator(".bar .why.num");
  return Number.parseFloat(await said.innerText());
}

describe("two browsers", () => {
  let other;

  test("see who is there, and each other's words at once", async () => {
    await book.open("shared.ipynb");
    other = new NotebookOnPage(world, await world.browser.open());
    await other.open("shared.ipynb");
    await world.page.getByText("2 people").waitFor();
    await book.edit("a");
    await book.page.keyboard.press("Control+End");
    await book.page.keyboard.type("0 # ana");
    await until(() => other.text("a"), (text) => text === "first = 10 # ana", "the other sees it");
  });

  test("type in the same cell at once and end with the same text", async () => {
    await book.edit("b");
    await book.page.keyboard.press("Control+Home");
    await other.edit("b");
    await other.page.keyboard.press("Control+End");
    await Promise.all([
      book.page.keyboard.type("# from one side\n", { delay: 5 }),
      other.page.keyboard.type(" # from the other", { delay: 5 }),
    ]);
    const whole = "# from one side\nsecond = 2 # from the other";
    await until(() => book.text("b"), (text) => text === whole, "here");
    await until(() => other.text("b"), (text) => text === whole, "there");
    await book.saved();
    await until(() => readNotebook(files.shared).get("b"), (text) => text === whole, "in the file");
  });

  test("see each other's tags: the cell that holds the parameters", async () => {
    await (await book.cell("a")).getByRole("button", { name: "More for this cell" }).click();
    await book.page.getByRole("menuitem", { name: "Use as parameters" }).click();
    await (await other.cell("a")).getByText("parameters", { exact: true }).waitFor();
    const saved = () => readNotebook(files.shared, "metadata").get("a").tags;
    await until(saved, (tags) => tags?.[0] === "parameters", "it is in the file");
    await (await other.cell("a")).getByRole("button", { name: "More for this cell" }).click();
    await other.page.getByRole("menuitem", { name: "Tags of the cell…" }).click();
    await other.page.getByRole("textbox", { name: /^Tags/ }).fill("slow, parameters");
    await other.page.getByRole("button", { name: "Keep" }).click();
    await (await book.cell("a")).getByText("slow", { exact: true }).waitFor();
    await book.focus("a");
    await book.page.keyboard.press("z");
    await book.page.keyboard.press("z");
    await (await other.cell("a")).getByText("parameters", { exact: true }).waitFor({ state: "detached" });
  });

  test("see each other's cells come, go and run", async () => {
    await other.focus("b");
    await other.page.keyboard.press("a");
    await until(() => book.order(), (order) => order.length === 3, "the new cell is here, too");
    await other.rewrite((await other.order())[1], "print('hello from there')");
    await other.page.keyboard.press("Control+Enter");
    const made = (await book.order())[1];
    await until(() => book.shows(made), (text) => text.includes("hello from there"), "and its output");
    await other.page.close();
    await world.page.getByText("2 people").waitFor({ state: "detached" });
  });
});

describe("a run goes on", () => {
  test("when the page is closed and opened again", async () => {
    await book.open("slow.ipynb");
    await book.run("waits");
    await until(() => book.shows("waits"), (text) => text.includes("begins"), "it begins");
    await world.page.goto("about:blank");
    await book.open("slow.ipynb");
    assert.equal(await book.status("waits"), "running");
    assert.match(await book.shows("waits"), /begins/);
    // Its clock goes on, here and in another browser.
    await world.page.waitForTimeout(1500);
    const other = new NotebookOnPage(world, await world.browser.open());
    await other.open("slow.ipynb");
    assert.ok((await elapsed(other)) > 1.5, "it ran before the other browser came");
    assert.ok(Math.abs((await elapsed(other)) - (await elapsed(book))) < 1, "both tell the same");
    await other.page.close();
    writeFileSync(join(world.project.folder, "gate"), "");
    await book.becomes("waits", "fresh");
    assert.match(await book.shows("waits"), /begins\s+the gate is open/);
    assert.ok(existsSync(files.slow));
    const took = await (await book.cell("waits")).locator(".bar .why").innerText();
    await world.page.reload();
    assert.equal(await (await book.cell("waits")).locator(".bar .why").innerText(), took);
  });

  test("when the page crashes, and what it printed meanwhile is there", async () => {
    rmSync(join(world.project.folder, "gate"));
    const doomed = new NotebookOnPage(world, await world.browser.open());
    await doomed.open("slow.ipynb");
    await doomed.run("waits");
    await until(() => doomed.shows("waits"), (text) => /begins\s*$/.test(text), "it begins");
    const crashed = new Promise((done) => doomed.page.once("crash", done));
    await doomed.page.goto("chrome://crash").catch(() => {});
    await crashed;
    writeFileSync(join(world.project.folder, "gate"), "");
    await book.open("slow.ipynb");
    await book.becomes("waits", "fresh");
    assert.match(await book.shows("waits"), /begins\s+the gate is open/);
    await doomed.page.close();
  });

  test("when the server is killed; the page comes back by itself", async () => {
    rmSync(join(world.project.folder, "gate"));
    await book.open("slow.ipynb");
    await book.run("waits");
    await until(() => book.shows("waits"), (text) => /begins\s*$/.test(text), "it begins");
    await world.server.kill();
    await world.page.getByText("not connected").waitFor();
    // What is typed meanwhile is kept, and sent once somebody listens.
    await book.edit("note");
    await world.page.keyboard.press("Control+End");
    await world.page.keyboard.type(" and 2");
    writeFileSync(join(world.project.folder, "gate"), "");
    await world.server.again();
    await book.becomes("waits", "fresh");
    assert.match(await book.shows("waits"), /begins\s+the gate is open/);
    await book.saved();
    await until(() => readNotebook(files.slow).get("note"), (text) => text === "# 1 and 2", "kept");
    // The browser itself complains of the lost connection.
    world.browser.complaints.length = 0;
  });
});

describe("the file changes on disk while it is open", () => {
  test("the file wins, the page says so, and results count as unverified", async () => {
    await book.open("disk.ipynb");
    await book.runs("a");
    const read = () => readFileSync(files.disk, "utf8");
    const saved = await until(read, (text) => text.includes('"from here\\n"'), "its output is saved");
    writeFileSync(files.disk, saved.replace("print('from here')", "print('from another program')"));
    await world.page.getByText("The file was changed on disk").first().waitFor();
    assert.equal(await book.text("a"), "print('from another program')");
    await until(
      () => book.status("a"),
      (status) => status !== "fresh",
      "its result is not taken for granted",
    );
  });

  test("whoever else looks at it sees what is typed then, in the cells that stayed, too", async () => {
    const other = new NotebookOnPage(world, await world.browser.open());
    await other.open("disk.ipynb");
    const saved = readFileSync(files.disk, "utf8");
    writeFileSync(files.disk, saved.replace("from another program", "from a third"));
    for (const one of [book, other]) {
      await until(() => one.text("a"), (text) => text.includes("third"), "it is shown");
    }
    await book.edit("b");
    await book.page.keyboard.type("two = 2");
    await until(() => other.text("b"), (text) => text === "two = 2", "there, too");
    await other.page.close();
  });
});

/** Links: a place that one person sees opens in another's own `flownote ui` on the same store. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NotebookOnPage, until, writeNotebook } from "./support/notebook.mjs";
import { Server } from "./support/server.mjs";
import { makeWorld } from "./support/world.mjs";

const world = makeWorld(async (project) => {
  const cells = Array.from({ length: 300 }, (_, at) => [`k${at}`, `value_${at} = ${at}`]);
  writeNotebook(project, "deep/long.ipynb", cells);
  return { first: (await project.flow("shop.py", "--alpha", "0.1")).run };
});
const book = new NotebookOnPage(world);

async function copied(item) {
  await world.page.getByRole("button", { name: "Copy a link" }).click();
  await world.page.getByRole("menuitem", { name: item }).click();
  return world.page.evaluate(() => navigator.clipboard.readText());
}

/** Where another server leads when its user asks it to open something, and what is there. */
async function opened(words, see = async () => {}) {
  const server = await Server.start(world.project, ...words);
  try {
    await world.page.goto(server.login);
    await world.page.waitForSelector("main");
    const { pathname, search } = new URL(world.page.url());
    await see();
    return pathname + search;
  } finally {
    // A page that is left open asks after its server.
    await world.page.goto("about:blank");
    await server.stop();
  }
}

describe("a link", () => {
  test("to a task is a command that opens it elsewhere", async () => {
    await world.browser.go(`/runs/Shop/${world.runs.first}/train/3`);
    const command = await copied(/Command for a colleague/);
    const spec = `Shop/${world.runs.first}/train/3`;
    assert.equal(command, `flownote ui --store ${world.project.folder}/.flownote ${spec}`);
    const place = await opened(command.split(" ").slice(2), () =>
      world.page.getByRole("heading", { name: "train[3]" }).waitFor(),
    );
    assert.equal(place, `/runs/${spec}`);
  });

  test("as an address leads to the same place of another server", async () => {
    await world.browser.go(`/runs/Shop/${world.runs.first}`);
    const address = await copied(/Address of this page/);
    assert.equal(await opened([`${address}?tab=code`]), `/runs/Shop/${world.runs.first}?tab=code`);
  });

  test("to an artifact opens its preview", async () => {
    const place = await opened([`Shop/${world.runs.first}/start/0/sales`], () =>
      world.page.getByRole("dialog", { name: "sales" }).waitFor(),
    );
    assert.equal(place, `/runs/Shop/${world.runs.first}/start/0?tab=artifacts&artifact=sales`);
  });

  test("to a cell opens the notebook there, with the focus in it", async () => {
    await book.open("deep/long.ipynb");
    const cell = await book.cell("k200");
    await cell.getByRole("button", { name: "More for this cell" }).click();
    await world.page.getByRole("menuitem", { name: "Copy a link to the cell" }).click();
    const address = await world.page.evaluate(() => navigator.clipboard.readText());
    const isThere = async () => {
      await until(() => book.focused(), (at) => at === "k200", "the cell has the focus");
      const seen = () => world.page.locator('[data-cell="k200"]').evaluate((it) => {
        const { top, bottom } = it.getBoundingClientRect();
        return top >= 0 && bottom <= innerHeight;
      });
      await until(seen, Boolean, "and is seen");
    };
    await world.page.goto("about:blank");
    await world.page.goto(address);
    await isThere();
    assert.equal(await opened([address], isThere), "/notebooks/deep/long.ipynb?cell=k200");
  });

  test("to a run that the store hasn't says so", async () => {
    const { code, stderr } = await world.project.run("ui", "--no-browser", "Shop/20200101T000000000-8f2c9a");
    assert.notEqual(code, 0);
    assert.match(stderr, /error: there is no run `Shop\/20200101T000000000-8f2c9a` in /);
    assert.match(stderr, /hint: .*--store/);
  });
});

/**
 * The example notebooks as their readers use them: opened, run in four languages, edited,
 * broken, interrupted, reloaded, shared, run as flows. Its pictures are the README's:
 * `make pictures` takes them.
 */
import assert from "node:assert/strict";
import { cpSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { NotebookOnPage, readNotebook, until } from "./support/notebook.mjs";
import { makeWorld } from "./support/world.mjs";

const examples = resolve(dirname(fileURLToPath(import.meta.url)), "../../examples");
const idsOf = (name, isWanted = () => true, folder = "notebooks") =>
  JSON.parse(readFileSync(join(examples, folder, name), "utf8"))
    .cells.filter((cell) => cell.cell_type === "code" && isWanted(cell))
    .map(({ id }) => id);

/** Examples whose notebooks read modules beside them. */
const BESIDE = ["artwork_personalization", "artwork_pipeline", "customer_value", "production_planning"];

const world = makeWorld(async (project) => {
  cpSync(join(examples, "notebooks"), project.folder, { recursive: true });
  cpSync(join(examples, "recommend"), project.folder, { recursive: true });
  for (const name of BESIDE) cpSync(join(examples, name), join(project.folder, name), { recursive: true });
  const runs = [];
  for (const seed of ["7", "11", "23"])
    runs.push((await project.flow("flow.py", "--seed", seed, "--tag", "nightly")).run);
  return runs;
});
const book = new NotebookOnPage(world);
const region = (name) => world.page.getByRole("region", { name });

/** Rust cells are compiled, and WASM ones written in C: the first time takes a while. */
const PATIENCE = 300_000;

/** What reads files, say, is never called fresh. */
const isCurrent = (status) => status === "fresh" || status === "unverified";

/** Runs all, and waits until every cell has run. */
async function runsAll(ids) {
  await world.page.getByRole("button", { name: "Run all" }).click();
  for (const id of ids)
    await until(() => book.status(id), (now) => now === "failed" || isCurrent(now), `${id} ends`, PATIENCE);
  for (const id of ids) assert.ok(isCurrent(await book.status(id)), `${id}: ${await book.shows(id)}`);
}

/** What a picture shows is anybody's: the folders of this machine are told as a user's own. */
async function picture(name) {
  await world.page.evaluate(
    (folder) => {
      const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let text = words.nextNode(); text; text = words.nextNode()) {
        const told = text.data.replaceAll(folder, "/home/ana/films").replace(/^\S+\/\.venv$/, "films/.venv");
        if (told !== text.data) text.data = told;
      }
    },
    world.project.folder,
  );
  await world.browser.shoot(name);
}

/** Light as in the README, and dark to look at. */
async function looks(name) {
  await world.browser.look("light", 1200, 760);
  await world.page.mouse.move(720, 890);
  await world.page.waitForTimeout(400);
  const slips = await world.page.evaluate(() => document.scrollingElement.scrollTop);
  assert.equal(slips, 0, "the page itself doesn't scroll");
  await picture(name);
  await world.browser.checkAccessibility(name);
  await world.browser.look("dark", 1200, 760);
  await world.page.waitForTimeout(300);
  await picture(`${name}-dark`);
  await world.browser.checkAccessibility(`${name} in the dark`);
  await world.browser.look("light");
}

describe("the tour", () => {
  const all = idsOf("tour.ipynb");

  test("runs from top to bottom, in four languages", async () => {
    await book.open("tour.ipynb");
    await runsAll(all);
    assert.match(await book.shows("best"), /stars/);
    assert.equal(await (await book.cell("plot")).locator(".outputs img").count(), 1);
    assert.match(await book.shows("to-watch"), /Return of the Jedi/);
    await region("Symbols").getByRole("button", { name: /neighbours/ }).waitFor();
    await book.focus("best");
    await (await book.cell("best")).getByText(/^\d+ rows, 4 columns/).waitFor();
    await (await book.cell("about-sql")).evaluate((it) => it.scrollIntoView({ block: "start" }));
    await looks("example-tour");
  });

  test("is edited: what depends on it is stale, and only that runs", async () => {
    await book.rewrite("parameters", 'favourite = "Fargo"\nfewest = 50');
    await book.runs("parameters");
    await book.becomes("to-watch", "stale");
    assert.equal(await book.status("load"), "fresh");
    await book.runs("to-watch");
    assert.doesNotMatch(await book.shows("to-watch"), /Return of the Jedi/);
    await book.saved();
    const file = join(world.project.folder, "tour.ipynb");
    await until(() => readNotebook(file).get("parameters"), (text) => /Fargo/.test(text), "it is saved");
  });

  test("is broken: the error is at its line, and mended again", async () => {
    const before = await book.text("pairs");
    await book.rewrite("pairs", before.replace("likes = ratings", "likes = no_ratings"));
    await book.run("pairs");
    await book.becomes("pairs", "failed");
    assert.match(await book.shows("pairs"), /NameError.*no_ratings/);
    assert.match(await book.shows("pairs"), /line 1/);
    await book.rewrite("pairs", before);
    await book.runs("pairs");
  });

  test("is interrupted", async () => {
    const before = await book.text("pairs");
    await book.rewrite("pairs", `while True:\n    pass\n${before}`);
    await book.run("pairs");
    await book.becomes("pairs", "running");
    await world.page.keyboard.press("i");
    await world.page.keyboard.press("i");
    await until(() => book.status("pairs"), (now) => now !== "running", "it stops");
    await book.rewrite("pairs", before);
    await book.runs("pairs");
  });

  test("is there as it was after a reload, and in another browser", async () => {
    await book.saved();
    await world.page.reload();
    await world.page.locator("article").first().waitFor();
    assert.equal(await book.status("pairs"), "fresh");
    assert.equal(await (await book.cell("plot")).locator(".outputs img").count(), 1);
    const other = new NotebookOnPage(world, await world.browser.open());
    await other.open("tour.ipynb");
    await other.rewrite("parameters", 'favourite = "Alien"\nfewest = 50');
    await until(() => book.text("parameters"), (text) => /Alien/.test(text), "it is here, too");
    await other.page.close();
  });

  test("runs as a flow with another parameter", async () => {
    await world.page.getByRole("button", { name: /Run as flow/ }).click();
    const form = world.page.getByRole("dialog", { name: "Run as flow" });
    await form.getByRole("textbox", { name: /favourite/ }).fill("Psycho");
    await form.getByRole("button", { name: "Run", exact: true }).click();
    await world.page.waitForURL("**/runs/Notebook/**");
    await world.page.getByText(/succeeded/).first().waitFor({ timeout: PATIENCE });
    await world.page.getByText("Psycho").first().waitFor();
  });
});

test("the bandit's four estimates are equal", async () => {
  await book.open("bandit.ipynb");
  await runsAll(idsOf("bandit.ipynb"));
  assert.match(await book.shows("equal"), /estimated 0\.\d+/);
});

test("the recommender ranks the held-out titles well, in Python and in Rust", async () => {
  await book.open("recommend.ipynb");
  await runsAll(idsOf("recommend.ipynb", undefined, "recommend"));
  const ndcg = Number(/'ndcg@10': (\d\.\d+)/.exec(await book.shows("quality"))?.[1]);
  assert.ok(ndcg > 0.12 && ndcg < 0.2, `nDCG@10 is ${ndcg}`);
});

test("personal artwork is worth more than what was logged", async () => {
  await book.open("artwork_personalization/personalization.ipynb");
  await book.rewrite("parameters", "rounds = 6000\nlogged = 10_000\nseed = 7");
  await runsAll(idsOf("personalization.ipynb", undefined, "artwork_personalization"));
  assert.match(await book.shows("shown"), / · better/);
});

test("frames of a film are chosen for its artwork, and shown", async () => {
  await book.open("artwork_pipeline/artwork.ipynb");
  await runsAll(idsOf("artwork.ipynb", undefined, "artwork_pipeline"));
  const images = (await book.cell("sheet")).locator(".outputs img");
  await images.first().waitFor();
  const widths = await images.evaluateAll((all) => all.map((image) => image.naturalWidth));
  assert.ok(widths.length >= 12 && widths.every((width) => width > 0), `images: ${widths}`);
});

test("customers are worth what was printed of them", async () => {
  await book.open("customer_value/customers.ipynb");
  await runsAll(idsOf("customers.ipynb", undefined, "customer_value"));
  await (await book.cell("models")).getByText("0.2426").first().waitFor();
  assert.equal(await (await book.cell("chart")).locator(".outputs svg").count(), 1);
});

test("a film's days are planned, and the plan is proven", async () => {
  await book.open("production_planning/planning.ipynb");
  await runsAll(idsOf("planning.ipynb", undefined, "production_planning"));
  assert.match(await book.shows("plan"), /proven|optimal/i);
  assert.equal(await (await book.cell("gantt")).locator(".outputs svg").count(), 1);
});

describe("the recommenders", () => {
  test("as a run", async () => {
    await world.browser.go(`/runs/Recommend/${world.runs[2]}`);
    await world.page.getByText("succeeded").first().waitFor();
    await region("Timeline").getByText("fit[12]").waitFor();
    await world.page.getByRole("button", { name: /^choose/ }).first().waitFor();
    await looks("example-run");
  });

  test("beside one another", async () => {
    await world.browser.go(`/compare?runs=${world.runs.map((run) => `Recommend/${run}`).join(",")}`);
    await world.page.getByRole("columnheader", { name: /test_ndcg/ }).waitFor();
    await looks("example-compare");
  });

  test("as a table in Data", async () => {
    await world.browser.go("/data");
    await world.page.getByRole("searchbox", { name: "Search tables" }).fill("titles");
    await world.page.getByRole("list", { name: "Found" }).getByRole("link").first().click();
    await world.page.getByRole("grid").locator('[data-cell="0:0"]').waitFor();
    await world.page.getByRole("button", { name: "Chart" }).click();
    await world.page.locator(".chart-builder svg.marks").waitFor();
    await looks("example-data");
  });
});

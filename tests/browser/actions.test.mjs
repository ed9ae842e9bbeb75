/** What is done with runs from the page: run again with other parameters, stopped, taken up
 * again; a failed task as a notebook; a notebook as a flow. The engine is the real one. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { writeNotebook } from "./support/notebook.mjs";
import { makeWorld } from "./support/world.mjs";

const CELLS = [
  ["prose", "# Sums", "markdown"],
  ["setup", "rows = 3  # how many\nname = 'ana'\nfast = True"],
  ["sums", "total = sum(range(rows))\nprint('total', total, name, fast)"],
  ["query", "%%sql\nSELECT 40 + 2 AS answer"],
];

const world = makeWorld(async (project) => {
  const file = writeNotebook(project, "notes/sums.ipynb", CELLS);
  tagParameters(file);
  const first = await project.flow("shop.py", "--alpha", "0.1");
  const failed = await project.flow("shop.py", "--alpha", "0.5", "--broken", "5");
  return { first: first.run, failed: failed.run };
});

function tagParameters(file) {
  const text = JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: CELLS.map(([id, source, kind]) =>
      kind === "markdown"
        ? { id, cell_type: "markdown", metadata: {}, source }
        : {
            id,
            cell_type: "code",
            metadata: id === "setup" ? { tags: ["parameters"] } : {},
            source,
            outputs: [],
            execution_count: null,
          },
    ),
  });
  writeFileSync(file, text);
}

const page = () => world.page;
const state = (text) => page().locator(".run-head .state").filter({ hasText: text });

describe("a run", () => {
  test("is run again with another parameter", async () => {
    await world.browser.go(`/runs/Shop/${world.runs.first}`);
    await page().getByRole("button", { name: "Run with…" }).click();
    const form = page().getByRole("dialog", { name: "Run Shop again" });
    const alpha = form.getByLabel(/alpha/);
    assert.equal(await alpha.inputValue(), "0.1");
    await alpha.fill("much");
    await form.getByRole("button", { name: "Run", exact: true }).click();
    assert.ok(await form.isVisible(), "a word is no number");
    await alpha.fill("0.7");
    await form.getByRole("button", { name: "Run", exact: true }).click();
    await page().waitForURL((url) => !url.pathname.includes(world.runs.first));
    await state("succeeded").waitFor();
    await page().getByRole("tab", { name: "Parameters and environment" }).click();
    await page().getByRole("region", { name: "Parameters" }).getByText("0.7").waitFor();
  });

  test("is stopped when that is meant, and resumed", async () => {
    const gate = join(world.project.folder, "gate");
    const { ended } = world.project.start("waiting.py", "--gate", gate);
    await world.browser.go("/runs/Waiting");
    await page().getByText("running").first().waitFor();
    await page().locator("a[href*='/runs/Waiting/2']").first().click();
    await page().getByRole("button", { name: "Stop", exact: true }).click();
    const ask = page().getByRole("dialog", { name: "Stop the run?" });
    await ask.getByRole("button", { name: "Cancel" }).click();
    await page().getByRole("button", { name: "Stop", exact: true }).click();
    await ask.getByRole("button", { name: "Stop the run" }).click();
    await state("cancelled").waitFor();
    await ended;
    const stopped = page().url();
    writeFileSync(gate, "");
    await page().getByRole("button", { name: "Resume" }).click();
    await page().waitForURL((url) => url.href !== stopped);
    await state("succeeded").waitFor();
  });

  test("whose process was killed is continued", async () => {
    const gate = join(world.project.folder, "second-gate");
    const { child, ended } = world.project.start("waiting.py", "--gate", gate, "--tag", "killed");
    await world.browser.go("/runs/Waiting?tag=killed");
    await page().getByText("running").first().waitFor();
    await page().locator("a[href*='/runs/Waiting/2']").first().click();
    const { pathname } = new URL(page().url());
    await page().locator(".time-rows [role=option]").filter({ hasText: "work[0]" }).click();
    await page().getByRole("log").getByText("the work begins").first().waitFor();
    child.kill("SIGKILL");
    await ended;
    await page().getByRole("button", { name: "Continue" }).waitFor({ timeout: 30_000 });
    writeFileSync(gate, "");
    await page().getByRole("button", { name: "Continue" }).click();
    await state("succeeded").waitFor();
    assert.equal(new URL(page().url()).pathname, pathname, "it is the same run");
  });
});

describe("a failed task", () => {
  test("opens as a notebook, and leads to it", async () => {
    await world.browser.go(`/runs/Shop/${world.runs.failed}`);
    await page().getByRole("button", { name: "Open failed task as notebook" }).click();
    await page().waitForURL("**/notebooks/train_5_*.ipynb");
    await page().locator("article").first().waitFor();
    await page().locator(".cm-line").filter({ hasText: "was never sold" }).first().waitFor();
  });
});

describe("a notebook", () => {
  test("runs as a flow with a form of its parameters", async () => {
    await world.browser.go("/notebooks/notes/sums.ipynb");
    await page().locator("article").first().waitFor();
    await page().getByRole("button", { name: "Run as flow…" }).click();
    const form = page().getByRole("dialog", { name: "Run as flow" });
    const rows = form.getByLabel(/rows/);
    assert.equal(await rows.inputValue(), "3");
    assert.match(await form.innerText(), /how many/);
    await rows.fill("5");
    await form.getByLabel(/name/).fill("7");
    await form.getByLabel(/fast/).selectOption("False");
    await form.getByLabel("Tags of the run").fill("nightly, for the board");
    await world.browser.shoot("run-as-flow");
    await world.browser.checkAccessibility("the form of a notebook's parameters");
    await form.getByRole("button", { name: "Run", exact: true }).click();
    await page().waitForURL("**/runs/Notebook/*");
    await state("succeeded").waitFor({ timeout: 60_000 });
    const tags = page().getByRole("group", { name: "Tags" });
    await tags.getByRole("link", { name: "nightly", exact: true }).waitFor();
    await tags.getByRole("link", { name: "for the board", exact: true }).waitFor();
    const typed = await page().locator(".command-line code").innerText();
    assert.match(typed, /^flownote run .*notes\/sums\.ipynb.* --param rows=5 /);
    assert.match(typed, / '--tag=for the board'/);
    assert.doesNotMatch(typed, /run-id-file|__main__/);
  });

  test("is called by its file, and found by it", async () => {
    await page().getByRole("heading", { name: /^sums\.ipynb/ }).waitFor();
    await world.browser.go("/runs?text=sums.ipynb");
    await page().locator(".run-rows [role=row]").filter({ hasText: "sums.ipynb" }).click();
    await page().waitForURL("**/runs/Notebook/*");
  });

  test("draws which cell read what another made", async () => {
    await page().locator("[data-step]").first().waitFor();
    assert.ok((await page().locator(".graph .edge").count()) >= 1);
    await page().locator("[data-step=sums]").focus();
    await page().keyboard.press("ArrowLeft");
    const from = await page().locator("[data-step]:focus").getAttribute("data-step");
    assert.notEqual(from, "sums", "a line leads to the cell that sums");
  });

  test("is shown as a run by the numbers and languages of its cells", async () => {
    const rows = page().locator(".time-rows [role=option]");
    // The values of the form are a cell of their own, below the one that has the defaults.
    await rows.filter({ hasText: "cell 4 · sql" }).waitFor();
    await rows.filter({ hasText: "cell 3 · python" }).click();
    // Text stays text, a number a number.
    await page().getByRole("log").getByText("total 10 7 False").waitFor();
    await world.browser.shoot("run-notebook");
  });

  test("has the code of its cells, and what changed in it", async () => {
    await page().getByRole("tab", { name: "Code" }).click();
    await page().getByText("This is the flow's first run").waitFor();
    const [first] = page().url().match(/(?<=Notebook\/)[^/?#]+/);
    await page().getByRole("combobox", { name: "File" }).selectOption({ label: "cell 3 · python" });
    await page().locator(".source").getByText("sum").first().waitFor();
    const file = join(world.project.folder, "notes/sums.ipynb");
    CELLS[2][1] = "total = sum(range(rows)) + 1\nprint('total', total)";
    tagParameters(file);
    const { code, stderr } = await world.project.run("run", "--quiet", "notes/sums.ipynb");
    assert.equal(code, 0, stderr);
    await world.browser.go("/runs/Notebook");
    await page().locator(`a[href*='/runs/Notebook/2']:not([href*='${first}'])`).first().click();
    await page().getByRole("tab", { name: "Code" }).click();
    const changes = page().getByRole("region", { name: /Changes in cell 2/ });
    await changes.getByText("total = sum(range(rows)) + 1").waitFor();
  });

  test("is run again with other parameters from its run", async () => {
    await page().getByRole("button", { name: "Run with…" }).click();
    const form = page().getByRole("dialog", { name: "Run sums.ipynb again" });
    await form.getByLabel(/rows/).fill("9");
    const before = page().url().replace(/\?.*/, "");
    await form.getByRole("button", { name: "Run", exact: true }).click();
    await page().waitForURL((url) => !url.href.startsWith(before));
    await state("succeeded").waitFor({ timeout: 60_000 });
    await page().locator(".time-rows [role=option]").filter({ hasText: "cell 3" }).first().click();
    await page().getByRole("log").getByText("total 37").waitFor();
  });
});

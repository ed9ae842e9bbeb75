/**
 * What opens over the places and beside the cells (panes, menus, dialogs, empty and broken
 * places) in light and dark: a picture to look at, and nothing that axe finds serious.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { NotebookOnPage, writeNotebook } from "./support/notebook.mjs";
import { makeWorld, short } from "./support/world.mjs";

const LONG = "a notebook with a name so long that no column has the room for all of its words.ipynb";
const PLOT = `import pandas as pd
frame = pd.DataFrame({"genre": ["Drama", "Comedy", "Noir"] * 30, "stars": range(90)})
frame`;

const world = makeWorld(async (project) => {
  writeNotebook(project, "work/deep/tour.ipynb", [
    ["title", "# Viewing history\n\nWhat members rate, with $\\hat V = \\frac{1}{n}\\sum r_i$.", "markdown"],
    ["tools", "import math\n\n\ndef half(value):\n    return value / 2"],
    ["frame", PLOT],
    ["more", "## By genre", "markdown"],
    ["best", "%%sql\n-- out: best\nSELECT genre, avg(stars) AS mean FROM frame GROUP BY genre"],
    ["wrong", "half(best['meen'].sum())"],
    ["typo", "for genre in best\n    print(genre)"],
    ["stale", "half(4)"],
    ["tree", "{'deep': {'er': [1, 2, {'still': True}]}, 'text': 'x' * 40}"],
    ["ask", "name = input('your name? ')"],
  ]);
  writeNotebook(project, LONG, [["a", "parameter = 1"]]);
  writeNotebook(project, "scripted.ipynb", [
    [
      "html",
      "1",
      [{ output_type: "display_data", metadata: {}, data: { "text/html": "<script>1</script><b>hello</b>" } }],
    ],
  ]);
  mkdirSync(join(project.folder, "films"));
  const rows = Array.from({ length: 400 }, (_, at) => `Film ${at},${["Drama", "Noir"][at % 2]},${(at * 37) % 100}`);
  writeFileSync(join(project.folder, "films/ratings.csv"), `film,genre,stars\n${rows.join("\n")}\n`);
  const first = await project.flow("shop.py", "--cache", "--alpha", "0.1", "--tag", "nightly");
  const high = await project.flow("shop.py", "--cache", "--alpha", "0.9");
  return { first: first.run, high: high.run };
});
const book = new NotebookOnPage(world);

/** Both themes of what is open now; nothing closes in between. */
async function look(name) {
  for (const theme of ["light", "dark"]) {
    await world.browser.look(theme);
    await world.page.waitForFunction(() => !document.querySelector(".skeleton"));
    await world.page.waitForTimeout(300);
    await world.browser.shoot(`${name}-${theme}`);
    await world.browser.checkAccessibility(`${name} in ${theme}`);
  }
  await world.browser.look("light");
}

async function narrow(name) {
  await world.browser.look("light", 420, 860);
  await world.page.waitForTimeout(300);
  await world.browser.shoot(`${name}-narrow`);
  await world.browser.checkAccessibility(`${name}, narrow`);
  await world.browser.look("light");
}

const button = (name) => world.page.getByRole("button", { name });
const item = (name) => world.page.getByRole("menuitem", { name });
const dialog = (name) => world.page.getByRole("dialog", { name });
const region = (name) => world.page.getByRole("region", { name });
const closes = async () => {
  await world.page.keyboard.press("Escape");
  await world.page.locator("dialog, [role=menu]").waitFor({ state: "detached" });
};

const SIDES = ["contents and cells", "symbols and activity"];

describe("a notebook", () => {
  test("with cells of every state, and its panes", async () => {
    await book.open("work/deep/tour.ipynb");
    for (const id of ["tools", "frame", "best", "stale", "tree"]) await book.runs(id);
    await book.run("wrong");
    await book.becomes("wrong", "failed");
    await book.rewrite("tools", "def half(value):\n    return value / 2.0");
    await book.becomes("stale", "stale");
    await book.run("ask");
    await world.page.getByRole("textbox", { name: /your name/ }).waitFor();
    await book.cell("title");
    await look("cells-top");
    await book.cell("wrong");
    await look("cells-below");
    await narrow("cells");
    await world.page.getByRole("textbox", { name: /your name/ }).fill("Ada");
    await world.page.keyboard.press("Enter");
    await book.becomes("ask", "fresh");
  });

  test("in a narrow window, each pane over the cells", async () => {
    await world.browser.look("light", 420, 860);
    for (const side of SIDES) {
      const toggle = button(`Pane: ${side}`);
      if ((await toggle.getAttribute("aria-pressed")) === "false") await toggle.click();
      await world.page.waitForTimeout(300);
      await world.browser.shoot(`pane-${side.split(" ")[0]}-narrow`);
      await world.browser.checkAccessibility(`pane of ${side}, narrow`);
      await toggle.click();
    }
    await world.browser.look("light");
    for (const side of SIDES) {
      const toggle = button(`Pane: ${side}`);
      if ((await toggle.getAttribute("aria-pressed")) === "false") await toggle.click();
    }
  });

  const MENUS = {
    "menu-of-a-cell": async () => (await book.cell("frame")).getByRole("button", { name: "More for this cell" }).click(),
    "menu-of-languages": async () => (await book.cell("frame")).getByRole("button", { name: /change the cell's language/ }).click(),
    "menu-of-modes": () => button(/When cells run/).click(),
    "menu-of-the-notebook": () => button("More for the notebook").click(),
  };
  for (const [name, open] of Object.entries(MENUS)) {
    test(name, async () => {
      await open();
      await world.page.getByRole("menu").waitFor();
      await look(name);
      await closes();
    });
  }

  const COMMANDS = {
    "ask-restart": ["0", "0"],
    "sheet-of-keys": ["h"],
    "palette-of-a-notebook": ["Control+Shift+p"],
  };
  for (const [name, keys] of Object.entries(COMMANDS)) {
    test(name, async () => {
      await book.focus("stale");
      for (const key of keys) await world.page.keyboard.press(key);
      await world.page.locator("dialog[open]").waitFor();
      await look(name);
      await closes();
    });
  }

  test("find and replace", async () => {
    await book.focus("stale");
    await world.page.keyboard.press("f");
    await world.page.keyboard.type("half");
    await look("find");
    await narrow("find");
    await world.page.keyboard.press("Escape");
  });

  test("packages, an earlier save, a form to run it as a flow, trust", async () => {
    await button("Packages…").click();
    await dialog("Packages").getByRole("listitem").first().waitFor();
    await look("packages");
    await closes();
    await region("History").getByRole("button", { name: /saved/ }).last().click();
    await world.page.locator("dialog[open]").waitFor();
    await look("save");
    await closes();
    await button(/^Run as flow/).click();
    await world.page.locator("dialog[open]").waitFor();
    await look("run-as-flow");
    await closes();
    await book.open("scripted.ipynb");
    await button(/trust/i).first().click();
    await world.page.locator("dialog[open]").waitFor();
    await look("trust");
    await closes();
  });

  test("a value under the mouse, a list of completions, what is wrong", async () => {
    await book.open("work/deep/tour.ipynb");
    await region("Symbols").getByRole("button", { name: /^Py\s*frame/ }).hover();
    await world.page.getByRole("tooltip").waitFor();
    await look("peek");
    await world.page.mouse.move(700, 20);
    await book.edit("stale");
    await world.page.keyboard.press("Control+End");
    await world.page.keyboard.type("\nfra");
    await world.page.keyboard.press("Control+ ");
    await world.page.locator(".cm-tooltip-autocomplete li").first().waitFor();
    await look("completions");
    await world.page.keyboard.press("Escape");
    await book.edit("typo");
    await (await book.cell("typo")).locator(".cm-lint-marker-error").waitFor();
    await world.page.keyboard.press("Control+Shift+M");
    await world.page.locator(".cm-panel-lint li").first().waitFor();
    await look("problems");
  });

  test("a chart of a frame is built", async () => {
    await book.open("work/deep/tour.ipynb");
    const cell = await book.cell("frame");
    await cell.getByRole("button", { name: "Chart" }).click();
    await cell.locator("canvas, svg.marks").first().waitFor();
    await look("chart-of-a-frame");
  });

  test("of which there is none says so", async () => {
    await world.browser.go("/notebooks/no/such.ipynb");
    await world.page.getByText("can't be opened").waitFor();
    await look("no-notebook");
    world.browser.complaints.length = 0;
  });
});

describe("the list of notebooks", () => {
  test("with folders, a kernel and a long name", async () => {
    await world.browser.go("/notebooks");
    await world.page.getByRole("treeitem", { name: /tour/ }).waitFor();
    await look("list-of-notebooks");
    await narrow("list-of-notebooks");
  });

  test("its menu and its questions", async () => {
    await button(/^More for tour/).click();
    await look("menu-of-a-file");
    await item(/Rename/).click();
    await look("ask-rename");
    await closes();
    await button("New notebook").first().click();
    await look("ask-new");
    await closes();
  });

  test("a notebook with a long name", async () => {
    await book.open(encodeURIComponent(LONG));
    await look("long-name");
    await narrow("long-name");
  });
});

describe("runs", () => {
  const shop = (rest = "") => `/runs/Shop/${world.runs.high}${rest}`;

  test("a form of parameters, keys, palette, a run that isn't there", async () => {
    await world.browser.go(shop());
    await button(/^Run with/).click();
    await dialog(/./).getByRole("textbox").first().waitFor();
    await look("run-with");
    await closes();
    await world.page.keyboard.press("?");
    await look("keys");
    await closes();
    await world.page.keyboard.press("Control+k");
    await world.page.keyboard.type("Shop");
    await dialog(/./).getByText(short(world.runs.first)).first().waitFor();
    await look("palette");
    await closes();
    await world.browser.go("/runs/Shop/20200101T000000000-8f2c9a");
    await look("no-run");
    await world.browser.go("/runs/Nowhere");
    await look("no-flow");
    world.browser.complaints.length = 0;
  });

  for (const tab of ["code", "attempts", "neighbours"]) {
    test(`the tab ${tab} of a task`, async () => {
      await world.browser.go(shop(`/train/2?tab=${tab}`));
      await look(`task-${tab}`);
    });
  }

  for (const tab of ["code", "artifacts"]) {
    test(`the tab ${tab} of a comparison`, async () => {
      const runs = ["first", "high"].map((name) => `Shop/${world.runs[name]}`).join(",");
      await world.browser.go(`/compare?runs=${runs}&tab=${tab}`);
      await look(`compare-${tab}`);
    });
  }
});

describe("data", () => {
  const cell = (row, column) => world.page.getByRole("grid").locator(`[data-cell="${row}:${column}"]`);

  test("a table, its schema, a column's card, a chart", async () => {
    await world.browser.go("/data");
    await world.page.getByRole("treeitem", { name: "films" }).click();
    await world.page.getByRole("treeitem", { name: /^ratings.csv/ }).click();
    await cell(1, 1).filter({ hasText: "Noir" }).waitFor();
    await look("table");
    await narrow("table");
    await button("Schema").click();
    await look("table-schema");
    await button("Schema").click();
    await button(/stars/).last().click();
    await look("column-card");
    await world.page.keyboard.press("Escape");
    await button("Chart").click();
    await world.page.locator("canvas, svg.marks").first().waitFor();
    await look("chart");
  });

  test("a query and one that fails", async () => {
    const ask = async (sql) => {
      await world.browser.go("/data");
      await world.page.getByRole("textbox", { name: "SQL query" }).click();
      await world.page.keyboard.insertText(sql);
      await world.page.keyboard.press("Control+Enter");
    };
    await ask("SELECT genre, avg(stars) AS mean FROM 'films/ratings.csv' GROUP BY genre ORDER BY genre");
    await cell(0, 0).filter({ hasText: "Drama" }).waitFor();
    await look("query");
    await ask("SELECT nothing FROM 'films/ratings.csv'");
    await world.page.getByRole("alert").first().waitFor();
    await look("query-failed");
    world.browser.complaints.length = 0;
  });
});

describe("health", () => {
  test("with a kernel, and the question before it ends", async () => {
    await world.browser.go("/health");
    await button(/^End the kernel of/).first().click();
    await look("ask-end-kernel");
    await closes();
  });
});

describe("the door", () => {
  test("for those who have no link", async () => {
    await world.browser.context.clearCookies();
    await world.page.goto(`${world.server.base}/runs`);
    await look("door");
    world.browser.complaints.length = 0;
  });
});

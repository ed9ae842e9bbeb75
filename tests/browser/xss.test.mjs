/** What notebooks show acts nowhere: not in the page, not with its cookie, not on its API. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { attacks } from "./support/attacks.mjs";
import { Browser } from "./support/browser.mjs";
import { NotebookOnPage, until, writeNotebook } from "./support/notebook.mjs";
import { Server } from "./support/server.mjs";
import { Project } from "./support/shell.mjs";

/** What is asked of the canary: nothing, as long as all holds. */
const heard = [];
const pages = new Map();
const canary = createServer((request, response) => {
  const page = pages.get(request.url);
  if (page) response.setHeader("content-type", "text/html").end(page);
  else {
    heard.push(request.url);
    response.setHeader("access-control-allow-origin", "*").end("top.reached=['by a file']");
  }
});

const world = {};
const EVIL = '<img src=x onerror="top.reached=1">';

before(async () => {
  await new Promise((done) => canary.listen(0, "127.0.0.1", done));
  world.to = `http://127.0.0.1:${canary.address().port}`;
  world.project = new Project();
  world.attacks = attacks(world.to);
  const { cells, raw } = world.attacks;
  writeNotebook(world.project, "attacks.ipynb", cells);
  const name = `${EVIL.replaceAll("/", "")}.ipynb`;
  const file = join(world.project.folder, "names", name);
  mkdirSync(join(world.project.folder, "names"));
  const cell = { id: EVIL.slice(0, 64), cell_type: "code", metadata: { name: EVIL, tags: [EVIL] }, source: EVIL, outputs: [], execution_count: null };
  const metadata = { title: EVIL, kernelspec: { name: EVIL, display_name: EVIL, language: EVIL }, language_info: { name: EVIL, file_extension: EVIL }, authors: [{ name: EVIL }] };
  writeFileSync(file, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells: [{ ...cell, id: "a" }] }));
  for (const [id, html] of raw) pages.set(`/raw/${id}`, `<!doctype html>${html}`);
});
after(async () => {
  canary.close();
  world.project?.remove();
});

/** A browser of its own before a server of its own. */
async function withPage(options, act) {
  const server = await Server.start(world.project);
  const browser = await Browser.start(server, options);
  browser.context.on("page", (page) => void page.close().catch(() => {}));
  try {
    const page = browser.page;
    page.on("dialog", (dialog) => void dialog.dismiss());
    await act({ server, browser, page, book: new NotebookOnPage({ server, page }) });
  } finally {
    await browser.stop();
    await server.stop();
  }
}

/** Shows every cell, and does to it what a user may do by accident. */
async function provoke(page, book) {
  for (const id of await book.order()) {
    // Outputs that come above may push it out of sight meanwhile: it is looked for again.
    const cell = await book.cell(id);
    await cell.evaluate((article) => {
      const hosts = [...article.querySelectorAll("*")].filter((one) => one.shadowRoot);
      for (const root of [article, ...hosts.map((host) => host.shadowRoot)]) {
        for (const one of root.querySelectorAll(".outputs *, .rendered *, .content, .content *")) {
          for (const name of ["pointerover", "mouseover", "focus", "toggle", "animationend"]) {
            one.dispatchEvent(new Event(name, { bubbles: true }));
          }
          const to = one.getAttribute("href") ?? one.getAttribute("xlink:href");
          const isHarmless = !to || /^(https?:|#|mailto:)/i.test(to.trim());
          if (one.matches("a, math") && !isHarmless) one.dispatchEvent(new MouseEvent("click", { bubbles: true }));
        }
      }
    });
  }
  await page.waitForTimeout(1500);
}

async function unreached(page, server) {
  assert.equal(await page.evaluate(() => globalThis.reached), undefined, "something acted in the page");
  assert.ok(page.url().startsWith(server.base), `the page is still the page: ${page.url()}`);
  assert.equal(await page.evaluate(() => document.cookie), "", "the cookie is not the page's to read");
}

describe("what notebooks show", () => {
  test("is a threat: where nothing guards, most of it acts", async () => {
    const { raw, names } = world.attacks;
    assert.ok(names.length >= 100, `${names.length} attempts`);
    await withPage({}, async ({ page }) => {
      const acted = [];
      for (const id of raw.keys()) {
        heard.length = 0;
        await page.goto(`${world.to}/raw/${id}`).catch(() => {});
        await page.waitForTimeout(60);
        const reached = await page.evaluate(() => globalThis.reached).catch(() => "elsewhere");
        if (reached || heard.length > 0) acted.push(id);
      }
      assert.ok(acted.length >= 40, `${acted.length} of ${raw.size} act: ${acted}`);
    });
  });

  test("acts nowhere and fetches nothing, in the page as it is", async () => {
    await withPage({}, async ({ server, page, book }) => {
      heard.length = 0;
      await book.open("attacks.ipynb");
      await provoke(page, book);
      await unreached(page, server);
      assert.deepEqual(heard, []);
      assert.equal(await page.locator("iframe").count(), 0, "nothing of a stranger's is scripted");
    });
  });

  test("has no script left even where the page's policy would let it run", async () => {
    await withPage({ bypassCSP: true }, async ({ server, page, book }) => {
      // The control: here an inline handler runs.
      await page.evaluate(() => {
        document.body.insertAdjacentHTML("beforeend", '<img src=x onerror="globalThis.control=1">');
      });
      await until(() => page.evaluate(() => globalThis.control), (it) => it === 1, "handlers run without the policy");
      heard.length = 0;
      await book.open("attacks.ipynb");
      await provoke(page, book);
      await unreached(page, server);
      // Pictures and styles may have been fetched: that is what the policy is for.
      assert.deepEqual(heard.filter((it) => !it.startsWith("/got/")), []);
    });
  });

  test("acts in the sandbox alone when the user trusts it", async () => {
    await withPage({}, async ({ server, page, book }) => {
      heard.length = 0;
      await book.open("attacks.ipynb");
      await (await book.cell("html0")).getByRole("button", { name: "trust this notebook" }).click();
      await page.getByRole("button", { name: "Trust its outputs" }).click();
      await page.locator("iframe.sandbox").waitFor({ state: "attached" });
      await provoke(page, book);
      await unreached(page, server);
      assert.deepEqual(heard, []);
    });
  });

  test("is no script in names and metadata either", async () => {
    await withPage({ bypassCSP: true }, async ({ server, page, book }) => {
      await page.goto(`${server.base}/notebooks`);
      await page.getByText(/onerror/).first().waitFor();
      await book.open(`names/${encodeURIComponent(`${EVIL.replaceAll("/", "")}.ipynb`)}`);
      await provoke(page, book);
      await page.goto(`${server.base}/notebooks/${encodeURIComponent(EVIL)}?x=${encodeURIComponent(EVIL)}#${EVIL}`);
      await page.waitForTimeout(300);
      await unreached(page, server);
    });
  });
});

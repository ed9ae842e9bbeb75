/**
 * Measures one engine's page, once over: prints what it found as JSON.
 *
 *     node measure.mjs '{"name": "marimo", "python": ".venv/bin/python", "notebooks": "…"}'
 *
 * `only` names some of the tasks. Each task has a browser of its own, whose cache is cold.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { executable, FLAGS } from "../../browser/support/browser.mjs";
import { Engine } from "./engines.mjs";

const { chromium } = createRequire(new URL("../../browser/package.json", import.meta.url))(
  "playwright-core",
);
const probe = readFileSync(new URL("probe.js", import.meta.url), "utf8");

/** What the first code cell of a large notebook, and only it, says. */
const FIRST = "where it begins";
const WINDOW = { width: 1440, height: 900 };
/** Nothing but the server is asked: what pages would fetch from elsewhere isn't there. */
const LOOPBACK = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1";
const PATIENCE_MS = 120_000;
/** A task that takes longer is given up: some page of a peer never shows what is waited for. */
const LONGEST_MS = 180_000;
const TYPED = "abcdefghij".repeat(40);

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** The browser that is open just now. */
let current = null;

/** A browser that has seen nothing yet, and one page. */
async function browse(engine, task) {
  const browser = await chromium.launch({ executablePath: executable(), args: [...FLAGS, LOOPBACK] });
  current = browser;
  try {
    const context = await browser.newContext({ viewport: WINDOW });
    await context.addInitScript(probe);
    await engine.enter(context);
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    return await task(page, await browser.newBrowserCDPSession());
  } finally {
    await browser.close();
  }
}

/** Counts what comes over the wire: as it is transferred, and what sockets bring. */
async function countBytes(page) {
  const session = await page.context().newCDPSession(page);
  const bytes = { http: 0, socket: 0, requests: 0 };
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes.http += encodedDataLength;
    bytes.requests += 1;
  });
  session.on("Network.webSocketFrameReceived", ({ response }) => {
    bytes.socket += response.payloadData.length;
  });
  await session.send("Network.enable");
  return bytes;
}

async function processes(browser) {
  const { processInfo } = await browser.send("SystemInfo.getProcessInfo");
  return processInfo;
}

const cpuOf = (all) => all.reduce((sum, one) => sum + one.cpuTime, 0);

/** Memory of the page's renderer that it shares with nobody, in bytes. */
function privateMemory(all) {
  const renderers = all.filter((one) => one.type === "renderer");
  const sizes = renderers.map(({ id }) => {
    const text = readFileSync(`/proc/${id}/smaps_rollup`, "utf8");
    const found = [...text.matchAll(/^Private_\w+:\s+(\d+) kB/gm)];
    return found.reduce((sum, [, size]) => sum + Number(size) * 1024, 0);
  });
  return Math.max(...sizes);
}

/** Opens a notebook; says when its first cell was painted, and when it took a key. */
async function open(engine, page, notebook, text = FIRST) {
  await page.goto(engine.address(notebook), { waitUntil: "commit" });
  const { line } = engine.page;
  return page.evaluate(([line, text]) => window.__bench.seen(line, text), [line, text]);
}

/** Puts the cursor in a line, as soon as the page takes it. */
async function click(page, { x, y }) {
  for (;;) {
    await page.mouse.click(x, y);
    const typing = () => document.activeElement?.closest(".cm-content") != null;
    if (await page.evaluate(typing)) return;
    await wait(20);
  }
}

async function load(engine, notebook) {
  return browse(engine, async (page, browser) => {
    const bytes = await countBytes(page);
    const [server, own] = [engine.cpu(), cpuOf(await processes(browser))];
    const first = await open(engine, page, notebook);
    await click(page, first);
    const changed = page.evaluate(
      ([line]) => window.__bench.seen(line, "begins~"),
      [engine.page.line],
    );
    await page.keyboard.press("End");
    await page.keyboard.type("~");
    const took = await changed;
    // What comes after the first sight belongs to the first load, too.
    await settle(page);
    const all = await processes(browser);
    return {
      paint_ms: first.at,
      key_ms: took.at,
      http_bytes: bytes.http,
      socket_bytes: bytes.socket,
      requests: bytes.requests,
      browser_cpu: cpuOf(all) - own,
      server_cpu: engine.cpu() - server,
    };
  });
}

/** Waits until the page has had no long task for a second, or for so long that it never will. */
async function settle(page) {
  let before = -1;
  for (let patience = 20; patience > 0; patience -= 1) {
    const now = await page.evaluate(() => window.__bench.long.length);
    if (now === before) return;
    before = now;
    await wait(1_000);
  }
}

async function type(engine) {
  return browse(engine, async (page) => {
    const typed = await open(engine, page, "flood", "type here");
    const { line, output, ready } = engine.page;
    if (ready) await page.locator(ready).first().waitFor();
    const find = ([line, text]) => window.__bench.seen(line, text);
    await click(page, await page.evaluate(find, [line, "for line in"]));
    const began = Date.now();
    await page.keyboard.press("Control+Enter");
    // The kernel is there, and the flood has begun.
    await page.evaluate(find, [output, "of a long story"]);
    const flooded = Date.now();
    await click(page, typed);
    await page.keyboard.press("End");
    await page.evaluate(() => window.__bench.watchTyping(document.activeElement));
    const over = page.evaluate(find, [output, "'printed'"]).then(() => Date.now());
    let ended = null;
    const note = (at) => {
      ended = at;
    };
    // A browser that is closed meanwhile has nothing to note.
    over.then(note, () => {});
    const pending = [];
    for (const letter of TYPED) {
      // Keys come when they are pressed, however slow the page is.
      pending.push(page.keyboard.press(letter));
      await wait(60);
      if (ended && pending.length >= 20) break;
      if (Date.now() - flooded > 40_000) break;
    }
    await Promise.all(pending);
    await wait(500);
    const keys = await page.evaluate(() => window.__bench.keys);
    const done = ended ?? (await Promise.race([over, wait(PATIENCE_MS).then(() => Number.NaN)]));
    return { keys, pressed: pending.length, flood_ms: done - flooded, start_ms: flooded - began };
  });
}

async function ones(engine) {
  return browse(engine, async (page) => {
    const first = await open(engine, page, "small", "1+1");
    await click(page, first);
    const { cells, output, ready } = engine.page;
    if (ready) await page.locator(ready).first().waitFor();
    const took = [];
    for (let at = 0; at < 29; at += 1) {
      await page.evaluate((look) => window.__bench.shown(look, "2"), { cells, output });
      await page.keyboard.press("Shift+Enter");
      took.push(await page.evaluate(() => window.__bench.result));
      await wait(120);
    }
    // The first waits for the kernel to begin.
    return { first_ms: took[0], keys: took.slice(5) };
  });
}

async function scroll(engine) {
  return browse(engine, async (page, browser) => {
    const first = await open(engine, page, "c1000");
    await settle(page);
    const found = await turnWheel(page, browser, first.x, Math.min(500, WINDOW.height / 2));
    return { ...found, memory: privateMemory(await processes(browser)) };
  });
}

/** Turns the wheel for some seconds at a place; says which frames came late. */
async function turnWheel(page, browser, x, y) {
  await page.mouse.move(x, y);
  await page.evaluate(() => {
    window.__bench.long.length = 0;
    window.__bench.record();
  });
  const cpu = cpuOf(await processes(browser));
  for (let at = 0; at < 200; at += 1) {
    await page.mouse.wheel(0, 500);
    await wait(8);
  }
  await wait(300);
  const { frames, long } = await page.evaluate(() => ({
    frames: window.__bench.record(),
    long: window.__bench.long,
  }));
  const gaps = frames.slice(1).map((at, index) => at - frames[index]);
  const missed = gaps.map((gap) => Math.max(0, Math.round(gap / (1000 / 60)) - 1));
  const dropped = missed.reduce((sum, one) => sum + one, 0);
  return {
    dropped_percent: (100 * dropped) / (dropped + frames.length),
    longest_ms: Math.max(...gaps),
    long_ms: long.reduce((sum, [, duration]) => sum + duration, 0),
    scroll_cpu: cpuOf(await processes(browser)) - cpu,
  };
}

/** A frame of ten million rows as a grid: how long until it is shown, scrolled, sorted. */
async function table(engine) {
  return browse(engine, async (page, browser) => {
    const first = await open(engine, page, "table", "ten million rows");
    const acts = async (act, text) => {
      await page.evaluate(
        ([look, text]) => window.__bench.shown(look, 0, text),
        [{ cells: "body", output: engine.page.grid }, text],
      );
      await act();
      return page.evaluate(() => window.__bench.result);
    };
    const presses = (key, text) => acts(() => page.keyboard.press(key), text);
    await click(page, first);
    await page.keyboard.press("Control+Enter");
    const all = page.getByText("Open all 10,000,000 rows");
    await all.focus();
    const grid_ms = await presses("Enter", "7919");
    const grid = page.locator(engine.page.grid);
    // Columns are summed up first: then nothing else is at work.
    await grid.locator("svg.bars").nth(2).waitFor();
    const { x, y } = await grid.boundingBox();
    const wheel = await turnWheel(page, browser, x + 200, y + 200);
    await page.mouse.click(x + 200, y + 200);
    const end_ms = await presses("Control+End", "9,999,999");
    await page.keyboard.press("Control+Home");
    await page.keyboard.press("ArrowUp");
    for (let column = 1; column < 3; column += 1) await page.keyboard.press("ArrowRight");
    const sort_ms = await presses("Enter", "0.1428571");
    return { grid_ms, ...wheel, end_ms, sort_ms };
  });
}

/** A run of 10,000 tasks: how long until they are seen, and how they scroll. */
async function run(_, { what, many, home }) {
  const engine = await Engine.start(what, many, home);
  const tasks = ".time-rows [role=option]";
  try {
    return await browse(engine, async (page, browser) => {
      const id = readFileSync(join(many, "run-id"), "utf8").trim();
      await page.goto(`${engine.base}/runs/Many/${id}`, { waitUntil: "commit" });
      const first = await page.evaluate((tasks) => window.__bench.seen(tasks, "work["), tasks);
      await settle(page);
      return { paint_ms: first.at, ...(await turnWheel(page, browser, first.x, first.y)) };
    });
  } finally {
    await engine.stop();
  }
}

const TASKS = {
  warm: (engine) => browse(engine, (page) => open(engine, page, "small", "1+1")),
  load100: (engine) => load(engine, "c100"),
  load1000: (engine) => load(engine, "c1000"),
  scroll,
  ones,
  type,
  table,
  run,
};

/** What a task found; null of one that is given up. */
async function inTime(name, task) {
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    // Whatever is waited for there fails.
    void current?.close();
  }, LONGEST_MS);
  try {
    return await task();
  } catch (error) {
    if (!isLate) throw error;
    console.error(`${name}: given up after ${LONGEST_MS / 1000} s`);
    return null;
  } finally {
    clearTimeout(late);
  }
}

async function main() {
  const { notebooks, many, only, ...what } = JSON.parse(process.argv[2]);
  const home = mkdtempSync(join(tmpdir(), "flownote-bench-ui-"));
  const folder = join(home, "notebooks");
  cpSync(notebooks, folder, { recursive: true });
  const engine = await Engine.start(what, folder, home);
  const found = {};
  try {
    for (const [name, task] of Object.entries(TASKS)) {
      if (name !== "warm" && only && !only.includes(name)) continue;
      if (["table", "run"].includes(name) && engine.name !== "Flownote") continue;
      found[name] = await inTime(name, () => task(engine, { what, many, home }));
      console.error(`${engine.name} ${name}: ${JSON.stringify(found[name])}`);
    }
  } catch (error) {
    console.error(engine.said.slice(-3_000));
    throw error;
  } finally {
    await engine.stop();
    // Kernels that are ending may still write.
    rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
  console.log(JSON.stringify(found));
}

await main();

/** One run and its tasks: what became of them, what they printed, what they made. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, test } from "node:test";
import { makeWorld, short } from "./support/world.mjs";

const world = makeWorld(async (project) => {
  const first = await project.flow("shop.py", "--cache", "--alpha", "0.1");
  const reused = await project.flow("shop.py", "--cache", "--alpha", "0.1");
  const failed = await project.flow("shop.py", "--cache", "--alpha", "0.5", "--broken", "5");
  return { first: first.run, reused: reused.run, failed: failed.run };
});

const at = (run, rest = "") => `/runs/Shop/${run}${rest}`;
const tasks = () => world.page.locator(".time-rows [role=option]");

describe("a run that failed", () => {
  test("says what failed, where, and offers what to do", async () => {
    await world.browser.go(at(world.runs.failed));
    const note = world.page.locator(".problem").first();
    await note.waitFor();
    const text = await note.innerText();
    assert.match(text, /ValueError: item 5 was never sold/);
    assert.match(text, /shop\.py:\d+ in train/);
    assert.ok(await world.page.getByText("failed at train[5]").isVisible());
    assert.ok(await world.page.getByRole("button", { name: "Resume" }).isVisible());
  });

  test("shows its traceback on demand", async () => {
    await world.page.getByRole("button", { name: "Traceback" }).first().click();
    await world.page.getByText("was never sold\")").first().waitFor();
  });

  test("draws its steps, the foreach folded with its count", async () => {
    const train = world.page.locator("[data-step=train]");
    assert.match(await train.textContent(), /train: failed, .*1 failed/);
    assert.match(await train.innerText(), /\d \/ 8/);
    assert.match(
      await world.page.locator("[data-step=end]").textContent(),
      /end: not reached/,
    );
  });

  test("tells retried tasks in the timeline", async () => {
    const retried = tasks().filter({ hasText: "train[2]" });
    await retried.waitFor();
    assert.match(await retried.innerText(), /↻2/);
    assert.equal(await retried.locator(".bar").count(), 2);
    assert.match(await retried.textContent(), /2 attempts/);
  });

  test("is narrowed to a step by the graph's keys", async () => {
    await world.page.locator("[data-step=start]").focus();
    await world.page.keyboard.press("ArrowRight");
    await world.page.keyboard.press("Enter");
    await world.page.getByText("step: train").waitFor();
    await tasks().filter({ hasText: "start" }).waitFor({ state: "detached" });
    await world.page.keyboard.press("Escape");
    await tasks().filter({ hasText: "start" }).waitFor();
  });

  test("shows a task of the step that is chosen", async () => {
    await tasks().filter({ hasText: "train[1]" }).click();
    await world.page.getByRole("heading", { name: "train[1]" }).waitFor();
    await world.page.locator("[data-step=start]").click();
    await world.page.getByRole("heading", { name: "start", exact: true }).waitFor();
    await world.page.locator("[data-step=train]").click();
    // The one that failed is what one comes for.
    await world.page.getByRole("heading", { name: "train[5]" }).waitFor();
    await world.browser.go(at(world.runs.failed));
  });

  test("shows what the failed task printed, without being asked", async () => {
    const log = world.page.getByRole("log");
    await log.getByText("fitting item 5 with alpha 0.5").first().waitFor();
    await log.locator(".ansi-green").filter({ hasText: "converged" }).first().waitFor();
    assert.ok(await log.locator(".stderr").filter({ hasText: "a warning" }).first().isVisible());
  });
});

describe("a task", () => {
  test("is opened from the timeline by keys", async () => {
    await world.browser.go(at(world.runs.first));
    await tasks().filter({ hasText: "train[1]" }).click();
    await world.page.getByRole("heading", { name: "train[1]" }).waitFor();
    await world.page.keyboard.press("Enter");
    await world.page.waitForURL(`**${at(world.runs.first, "/train/1")}`);
  });

  test("has a log that is searched and downloaded", async () => {
    await world.page.getByRole("searchbox", { name: "Search the log" }).fill("round 19");
    await world.page.getByText("11 lines found").waitFor();
    assert.equal(await world.page.locator(".log-line mark").first().innerText(), "round 19");
    const [download] = await Promise.all([
      world.page.waitForEvent("download"),
      world.page.getByRole("link", { name: "Download the log" }).click(),
    ]);
    assert.equal(await download.failure(), null);
  });

  test("has a log for each attempt", async () => {
    await world.browser.go(at(world.runs.first, "/train/2"));
    const attempts = world.page.getByRole("combobox", { name: "Attempt" });
    await attempts.selectOption("0");
    const log = world.page.getByRole("log");
    await log.getByText("fitting item 2").waitFor();
    assert.equal(await log.getByText("fitting item 2").count(), 1);
    await world.page.getByRole("tab", { name: /Attempts/ }).click();
    await world.page.getByText("the shop did not answer, the first time").waitFor();
  });

  test("shows a table without running code", async () => {
    await world.browser.go(at(world.runs.first, "/start/0?tab=artifacts"));
    await world.page.getByRole("button", { name: "sales" }).click();
    const dialog = world.page.getByRole("dialog", { name: "sales" });
    await dialog.getByText("item 0").first().waitFor();
    // Rows are drawn where one looks.
    await dialog.getByRole("grid").focus();
    await world.page.keyboard.press("Control+End");
    await dialog.getByText("item 119").first().waitFor();
    assert.match(await dialog.innerText(), /120 rows, 4 columns/);
    assert.ok((await dialog.getByText("null").count()) > 0);
    await world.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  });

  test("shows nested values as a tree, arrays as their corner", async () => {
    await world.page.getByRole("button", { name: "settings" }).click();
    await world.page.getByRole("dialog").getByText("still").first().waitFor();
    await world.browser.go(at(world.runs.first, "/train/3?tab=artifacts&artifact=matrix"));
    const dialog = world.page.getByRole("dialog", { name: "matrix" });
    await dialog.getByText("4 × 4").first().waitFor();
    assert.equal(await dialog.locator(".look td").count(), 16);
  });

  test("says where else a value is", async () => {
    await world.browser.go(at(world.runs.first, "/start/0?tab=artifacts&artifact=sales"));
    const dialog = world.page.getByRole("dialog", { name: "sales" });
    await dialog.getByText("The same value elsewhere").waitFor();
    await dialog.getByRole("link", { name: new RegExp(short(world.runs.reused)) }).first().waitFor();
  });

  test("that took a result says whose", async () => {
    await world.browser.go(at(world.runs.reused, "/train/3"));
    await world.page.getByText(/computed by ana in/).waitFor();
    const link = world.page.getByRole("link", { name: new RegExp(short(world.runs.first)) });
    await link.first().click();
    await world.page.waitForURL(`**${at(world.runs.first, "/train/3")}`);
  });

  test("has its code, with the failing line marked", async () => {
    await world.browser.go(at(world.runs.failed, "/train/5?tab=code"));
    const failing = world.page.locator(".source .l.fail");
    await failing.first().waitFor();
    assert.match(await failing.first().innerText(), /was never sold/);
  });

  test("becomes a notebook", async () => {
    await world.browser.go(at(world.runs.failed, "/train/5"));
    await world.page.getByRole("button", { name: "Open as notebook" }).click();
    const toast = world.page.locator(".toast").filter({ hasText: ".ipynb" });
    await toast.waitFor();
    const [, path] = /Wrote (\S+\.ipynb)/.exec(await toast.innerText());
    assert.ok(existsSync(resolve(world.project.folder, path)), `${path} is written`);
  });
});

describe("what was recorded of a run", () => {
  test("are its parameters, metrics, packages", async () => {
    await world.browser.go(at(world.runs.first, "?tab=environment"));
    const page = world.page.locator("#main");
    await page.getByRole("region", { name: "Metrics" }).getByText("ndcg").waitFor();
    await page.getByRole("searchbox", { name: "Search packages" }).fill("numpy");
    await page.locator(".packages dt").filter({ hasText: /^numpy$/ }).waitFor();
  });

  test("is its code, and that it didn't change", async () => {
    await world.browser.go(at(world.runs.reused, "?tab=code"));
    await world.page.getByText("The code is the same as that of").waitFor();
    assert.ok(await world.page.locator(".source .tok-keyword").first().isVisible());
  });

  test("is why it computed anew", async () => {
    await world.browser.go(at(world.runs.failed, "?tab=why"));
    await world.page.locator(".why").getByText(/alpha/).first().waitFor();
  });
});

describe("what can be done with a run", () => {
  test("is to tag it, and the tag stays", async () => {
    await world.browser.go(at(world.runs.first));
    await world.page.getByRole("button", { name: "add a tag" }).click();
    await world.page.keyboard.type("kept");
    await world.page.keyboard.press("Enter");
    await world.page.getByText("Tagged kept").waitFor();
    const { stdout } = await world.project.run("tag", "list", `Shop/${world.runs.first}`);
    assert.match(stdout, /kept/);
    await world.page.reload();
    await world.page.getByRole("button", { name: "Remove the tag kept" }).click();
    await world.page.getByText("Took the tag kept away").waitFor();
  });

  test("is to resume it, which leads to the new run", async () => {
    await world.browser.go(at(world.runs.failed));
    await world.page.getByRole("button", { name: "Resume" }).click();
    await world.page.waitForURL((url) => !url.pathname.includes(world.runs.failed));
    await world.page.getByText("resumed from").waitFor();
    await world.page.getByText(/failed at train\[5\]/).waitFor();
  });

  test("and a resumed one says why its tasks ran again", async () => {
    const { run } = await world.project.flow("shop.py", "--alpha", "0.1");
    const idFile = resolve(world.project.folder, "resumed.run");
    const words = ["--quiet", "--origin-run-id", run, "--run-id-file", idFile, "--alpha", "0.2"];
    await world.project.run("resume", "shop.py", ...words);
    const resumed = readFileSync(idFile, "utf8").trim().split("/").at(-1);
    await world.browser.go(at(resumed, "?tab=why"));
    await world.page.locator(".why").getByText("changed: 0.1 → 0.2").first().waitFor();
    await world.page.getByText("to be taken from").waitFor();
  });
});

test("a run that isn't there says so, and what there is", async () => {
  await world.browser.go("/runs/Shop/20200101T000000000-nothing");
  const note = world.page.getByRole("alert");
  await note.waitFor();
  assert.match(await note.innerText(), /hint:/);
  // The browser itself reports the answer's status, rightly.
  world.browser.complaints.splice(0);
});

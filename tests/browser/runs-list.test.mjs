/** The list of runs: what is in it, how it is narrowed, how the keys move in it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makeWorld, short } from "./support/world.mjs";

const world = makeWorld(async (project) => {
  const first = await project.flow("shop.py", "--cache", "--alpha", "0.1", "--tag", "nightly");
  const reused = await project.flow("shop.py", "--cache", "--alpha", "0.1");
  const failed = await project.flow("shop.py", "--alpha", "0.5", "--broken", "5");
  const many = await project.flow("many.py", "--amount", "3");
  return { first: first.run, reused: reused.run, failed: failed.run, many: many.run };
});

const rows = () => world.page.locator(".run-rows [role=row]");
const row = (run) => rows().filter({ hasText: short(run) });

describe("the list of runs", () => {
  test("has every run with its state in words", async () => {
    await world.browser.go("/runs");
    await row(world.runs.many).waitFor();
    assert.equal(await rows().count(), 4);
    assert.match(await row(world.runs.first).innerText(), /succeeded/);
    assert.match(await row(world.runs.failed).innerText(), /failed/);
    assert.match(await row(world.runs.reused).innerText(), /alpha 0\.1/);
    assert.match(await row(world.runs.first).innerText(), /nightly/);
  });

  test("names the flows at the side, and one flow's runs alone", async () => {
    await world.page.getByRole("link", { name: /Shop/ }).first().click();
    await world.page.getByRole("heading", { name: "Shop" }).waitFor();
    await assert.doesNotReject(row(world.runs.failed).waitFor());
    assert.equal(await rows().count(), 3);
    assert.equal(new URL(world.page.url()).pathname, "/runs/Shop");
  });

  test("cuts no column, however wide the window is", async () => {
    for (const place of ["/runs", "/runs/Shop"]) {
      await world.browser.go(place);
      await row(world.runs.failed).waitFor();
      for (const width of [1440, 1280, 1180, 1100, 1000, 900, 780, 700, 620, 420]) {
        await world.browser.look("light", width);
        const grid = world.page.getByRole("grid", { name: "Runs" });
        const { right } = await grid.evaluate((it) => it.getBoundingClientRect());
        const last = rows().first().locator("> :not([style*=none])");
        const ends = await last.evaluateAll((all) =>
          all.map((cell) => cell.getBoundingClientRect()).filter((at) => at.width > 0),
        );
        const end = Math.max(...ends.map((at) => at.right));
        assert.ok(end <= right, `${place} at ${width}: the last column ends at ${end} of ${right}`);
      }
    }
    await world.browser.look("light", 1280);
    await world.browser.shoot("runs-1280");
    await world.browser.look("light");
  });

  test("is narrowed by state, and the address keeps it", async () => {
    await world.browser.go("/runs");
    await world.page.getByRole("button", { name: "failed" }).click();
    await row(world.runs.many).waitFor({ state: "detached" });
    await row(world.runs.failed).waitFor();
    assert.equal(await rows().count(), 1);
    assert.equal(new URL(world.page.url()).search, "?status=failed");
    await world.page.reload();
    await row(world.runs.failed).waitFor();
    assert.equal(await rows().count(), 1);
  });

  test("is narrowed by words that mean something, while they are typed", async () => {
    for (const [typed, found] of [
      ["alpha>0.1", ["failed"]],
      ["alpha = 0.10 tag:nightly", ["first"]],
      ["alpha!=0.5", ["first", "reused"]],
      ["flow:shop status:succ", ["first", "reused"]],
      ["user:nobody", []],
    ]) {
      await world.browser.go("/runs");
      await row(world.runs.many).waitFor();
      await world.page.keyboard.press("/");
      await world.page.keyboard.type(typed);
      await row(world.runs.many).waitFor({ state: "detached" });
      for (const name of found) await row(world.runs[name]).waitFor();
      const all = found.length === 1 ? "1 run" : `${found.length} runs`;
      await world.page.locator(".head-line").getByText(all, { exact: true }).waitFor();
      assert.equal(await rows().count(), found.length, typed);
    }
  });

  test("says what it can't understand, and how to write it", async () => {
    await world.browser.go("/runs?text=alpha%3Emany");
    const note = world.page.getByRole("alert");
    await note.locator("code").filter({ hasText: "alpha>0.5" }).waitFor();
    assert.match(await note.innerText(), /is no number/);
    // The server refused, as it was to: the browser logs that.
    world.browser.complaints.length = 0;
  });

  test("is narrowed by a run's own tag", async () => {
    await world.browser.go("/runs");
    await world.page.getByRole("button", { name: "Show runs tagged nightly" }).click();
    await row(world.runs.many).waitFor({ state: "detached" });
    assert.equal(new URL(world.page.url()).search, "?tag=nightly");
  });

  test("says when nothing fits, and how to see all again", async () => {
    await world.browser.go("/runs?text=nothing-is-called-that");
    await world.page.getByText("No run fits").waitFor();
    await world.page.getByRole("button", { name: "Show all runs" }).click();
    await row(world.runs.many).waitFor();
  });

  test("is walked by keys, and Enter opens a run", async () => {
    await world.browser.go("/runs");
    await row(world.runs.many).waitFor();
    await world.page.keyboard.press("/");
    await world.page.keyboard.press("ArrowDown");
    await world.page.keyboard.press("j");
    await world.page.keyboard.press("ArrowDown");
    await world.page.keyboard.press("k");
    const focused = world.page.locator(".run-rows [role=row]:focus");
    assert.match(await focused.innerText(), new RegExp(short(world.runs.failed)));
    await world.page.keyboard.press("Enter");
    await world.page.waitForURL(`**/runs/Shop/${world.runs.failed}`);
  });

  test("chooses runs for comparison by Space", async () => {
    await world.browser.go("/runs/Shop");
    await row(world.runs.failed).waitFor();
    await world.page.keyboard.press("/");
    await world.page.keyboard.press("ArrowDown");
    await world.page.keyboard.press("Space");
    await world.page.keyboard.press("ArrowDown");
    await world.page.keyboard.press("Space");
    await world.page.getByRole("button", { name: "Compare 2" }).click();
    await world.page.getByRole("heading", { name: "Compare 2 runs" }).waitFor();
  });

  test("shows a run that begins meanwhile, by itself", async () => {
    await world.browser.go("/runs");
    await row(world.runs.many).waitFor();
    const fresh = await world.project.flow("many.py", "--amount", "2", "--tag", "fresh");
    await row(fresh.run).filter({ hasText: "succeeded" }).waitFor();
    assert.match(await row(fresh.run).innerText(), /fresh/);
  });
});

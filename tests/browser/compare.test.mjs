/** Runs beside one another. */
import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { makeWorld, short } from "./support/world.mjs";

const world = makeWorld(async (project) => {
  const low = await project.flow("shop.py", "--alpha", "0.1");
  const high = await project.flow("shop.py", "--alpha", "0.9");
  appendFileSync(join(project.folder, "shop.py"), "\n# a change\n");
  const middle = await project.flow("shop.py", "--alpha", "0.5");
  return { low: low.run, high: high.run, middle: middle.run };
});

const address = () =>
  `/compare?runs=${[world.runs.low, world.runs.high, world.runs.middle].map((run) => `Shop/${run}`).join(",")}`;
const order = () => world.page.locator(".compare tbody th .mono").allInnerTexts();
const shorts = (...names) => names.map((name) => short(world.runs[name]));

describe("comparing runs", () => {
  test("puts parameters and metrics side by side", async () => {
    await world.browser.go(address());
    await world.page.getByRole("columnheader", { name: /alpha/ }).first().waitFor();
    assert.deepEqual(await order(), shorts("low", "high", "middle"));
    assert.match(await world.page.locator(".compare").innerText(), /0\.9/);
  });

  test("sorts by a column, down, and back", async () => {
    const sort = world.page.getByRole("button", { name: /^ndcg/ });
    await sort.click();
    assert.deepEqual(await order(), shorts("low", "middle", "high"));
    await sort.click();
    assert.deepEqual(await order(), shorts("high", "middle", "low"));
    assert.equal(
      await world.page.locator(".compare th[aria-sort=descending]").innerText().then((text) => text.includes("ndcg")),
      true,
    );
    await sort.click();
    assert.deepEqual(await order(), shorts("low", "high", "middle"));
  });

  test("leaves out what is the same, when asked to", async () => {
    const items = world.page.getByRole("button", { name: /^items/ });
    await items.waitFor();
    await world.page.getByRole("checkbox", { name: /only what differs/ }).check();
    await items.waitFor({ state: "detached" });
    assert.ok(await world.page.getByRole("button", { name: /^alpha/ }).first().isVisible());
  });

  test("draws a metric over a parameter, a point a run", async () => {
    const plot = world.page.locator(".plot svg").first();
    assert.match(await plot.getAttribute("aria-label"), /over alpha of 3 runs/);
    await world.page.getByRole("combobox", { name: "Vertical axis" }).selectOption("run:took");
    assert.match(await plot.getAttribute("aria-label"), /^took over alpha/);
  });

  test("shows how the code changed", async () => {
    await world.page.getByRole("tab", { name: /Code/ }).click();
    await world.page.locator(".source .plus").filter({ hasText: "# a change" }).waitFor();
  });

  test("shows what the runs ended with", async () => {
    await world.page.getByRole("tab", { name: /Artifacts/ }).click();
    const row = world.page.getByRole("row").filter({ hasText: "ndcg" });
    await row.waitFor();
    assert.equal(await row.getByRole("link").count(), 3);
  });

  test("leaves a run out", async () => {
    await world.browser.go(address());
    await world.page.getByRole("button", { name: `Leave ${short(world.runs.high)} out` }).click();
    await world.page.getByRole("heading", { name: "Compare 2 runs" }).waitFor();
  });
});

test("one run is too few, and the page says how to choose", async () => {
  await world.browser.go(`/compare?runs=Shop/${world.runs.low}`);
  await world.page.getByText("Choose two runs or more").waitFor();
});

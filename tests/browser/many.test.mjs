/** Thousands of tasks: opened at once, scrolled to the end, sorted and narrowed. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makeWorld } from "./support/world.mjs";

// FLOWNOTE_TEST_MANY=10000 takes some minutes to run.
const AMOUNT = Number(process.env.FLOWNOTE_TEST_MANY ?? 1000);

const world = makeWorld(async (project) => {
  const many = await project.flow("many.py", "--amount", String(AMOUNT), "--keep-going");
  return { many: many.run };
});

const tasks = () => world.page.locator(".time-rows [role=option]");

describe(`a foreach of ${AMOUNT}`, () => {
  test("opens with its tasks, of which only those in sight are built", async (context) => {
    const begun = Date.now();
    await world.browser.go(`/runs/Many/${world.runs.many}`);
    // What failed is brought into sight.
    await tasks().and(world.page.locator("[aria-selected=true]")).filter({ hasText: "work[777]" }).waitFor();
    context.diagnostic(`opened in ${Date.now() - begun} ms`);
    assert.ok((await tasks().count()) < 60);
    const label = await world.page.locator("[data-step=work]").textContent();
    assert.match(label, /1 failed/);
    await world.browser.shoot("run-many");
  });

  test("is scrolled to its end by a key", async () => {
    await tasks().first().focus();
    await world.page.keyboard.press("End");
    await tasks().filter({ hasText: `work[${AMOUNT - 1}]` }).waitFor();
    const focused = world.page.locator(".time-rows [role=option]:focus");
    assert.equal(await focused.getAttribute("aria-setsize"), String(AMOUNT + 1));
  });

  test("is narrowed to what failed", async () => {
    await world.page.getByRole("button", { name: "1 failed", exact: true }).click();
    await tasks().filter({ hasText: "work[777]" }).waitFor();
    assert.equal(await tasks().count(), 1);
    await world.page.getByRole("button", { name: "1 failed", exact: true }).click();
  });

  test("is sorted by how long tasks took", async () => {
    await world.page.getByRole("combobox", { name: "Order of the tasks" }).selectOption("longest");
    await tasks().nth(10).waitFor();
    const took = await tasks().evaluateAll((rows) =>
      rows.slice(0, 10).map((row) => Number.parseFloat(row.querySelector(".took").textContent)),
    );
    assert.deepEqual(took, [...took].sort((a, b) => b - a));
  });
});

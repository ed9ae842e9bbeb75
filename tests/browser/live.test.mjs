/** A run that goes on while it is looked at. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { makeWorld } from "./support/world.mjs";

const world = makeWorld(async () => ({}));
let gate;
let started;

// Also when a test failed, the flow must not wait for ever.
after(() => {
  if (started?.child.exitCode === null) started.child.kill("SIGKILL");
});

test("an empty store says how to fill it", async () => {
  await world.browser.go("/runs");
  await world.page.getByText("No runs yet").waitFor();
  await world.page.getByText("flownote run flow.py").waitFor();
  await world.browser.checkAccessibility("the empty store");
  await world.browser.shoot("empty");
});

test("a run appears, goes on and ends before one's eyes", async () => {
  gate = join(world.project.folder, "gate");
  started = world.project.start("waiting.py", "--gate", gate, "--max-workers", "2");

  // The list has it without a reload.
  const row = world.page.locator(".run-rows [role=row]").filter({ hasText: "Waiting" });
  await row.filter({ hasText: "running" }).waitFor();
  // How long it has taken goes on before one's eyes.
  const took = () => row.locator("[role=gridcell]").last().innerText();
  const before = await took();
  await world.page.waitForTimeout(2_500);
  assert.notEqual(await took(), before);
  await row.click();
  await world.page.waitForURL("**/runs/Waiting/*");
  const train = world.page.locator("[data-step=work]");
  await world.page.waitForFunction(
    () => document.querySelector("[data-step=work]")?.textContent?.includes("2 running"),
  );
  assert.match(await train.innerText(), /0 \/ 3/);

  // The log follows.
  await world.page.locator(".time-rows [role=option]").filter({ hasText: "work[0]" }).click();
  const log = world.page.getByRole("log");
  await log.getByText("the work begins").waitFor();
  await log.getByText(/still waiting, 10$/).waitFor();
  await log.getByText(/still waiting, 20$/).waitFor();
  await world.browser.shoot("run-live");

  writeFileSync(gate, "");
  await log.getByText("the gate is open").waitFor();
  await world.page.locator(".run-head").getByText("succeeded").waitFor();
  await world.page.waitForFunction(() =>
    document.querySelector("[data-step=end]")?.textContent?.startsWith("end: done"),
  );
  // Those who don't see it are told.
  const told = await world.page.locator("main [aria-live=polite]").allInnerTexts();
  assert.ok(told.some((text) => text.includes("The run succeeded")), told.join());
});

test("a server that goes and comes back is noticed, and nothing must be reloaded", async () => {
  await world.browser.go("/runs");
  await world.page.locator(".run-rows [role=row]").first().waitFor();
  await world.page.context().setOffline(true);
  await world.page.getByRole("status").filter({ hasText: "server gone" }).waitFor();
  await world.page.context().setOffline(false);
  const fresh = await world.project.flow("many.py", "--amount", "1");
  await world.page.getByText(fresh.run.slice(-6)).waitFor();
  await world.page.getByText("server gone").waitFor({ state: "detached" });
  world.browser.complaints.splice(0);
});

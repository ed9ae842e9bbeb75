/** Health: what runs, what holds memory, what is damaged, what can go; and ending a kernel. */
import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { NotebookOnPage, writeNotebook } from "./support/notebook.mjs";
import { makeWorld } from "./support/world.mjs";

const world = makeWorld(async (project) => {
  writeNotebook(project, "tour.ipynb", [["one", "x = 40 + 2\nx"]]);
  return {};
});
const notebook = new NotebookOnPage(world);
const region = (name) => world.page.getByRole("region", { name, exact: true });

describe("health", () => {
  test("of a store in which nothing is says so", async () => {
    await world.browser.go("/health");
    await world.page.getByText("All is well").waitFor();
    await region("Running now").getByText("Nothing runs.").waitFor();
    await region("Kernels").getByText("No notebook has a kernel").waitFor();
    await region("Errors lately").getByText("No run failed lately.").waitFor();
    await region("Damage").getByText("Nobody has checked it from here").waitFor();
    await region("Leases").getByText("Nobody computes").waitFor();
    await world.browser.shoot("health-empty");
    await world.browser.checkAccessibility("health of an empty store");
  });

  test("says why runs failed, and what to do", async () => {
    const { run } = await world.project.flow("shop.py", "--broken", "5");
    await world.browser.go("/health");
    const errors = region("Errors lately");
    await errors.getByText("ValueError: item 5 was never sold").waitFor();
    await errors.getByRole("link", { name: /train\[5\]/ }).click();
    await world.page.waitForURL(`**/runs/Shop/${run}/train/5`);
  });

  test("counts the tasks and the processes that work", async () => {
    const gate = join(world.project.folder, "gate");
    const { ended } = world.project.start("waiting.py", "--gate", gate);
    await world.browser.go("/health");
    const running = region("Running now");
    await running.getByText(/[1-3] tasks? at work in \d+ processes on this machine/).waitFor();
    await running.getByRole("link", { name: /Waiting/ }).waitFor();
    await world.browser.shoot("health-running");
    writeFileSync(gate, "");
    await ended;
    await running.getByText("Nothing runs.").waitFor();
  });

  test("lists kernels, and ends one", async () => {
    await notebook.open("tour.ipynb");
    await notebook.runs("one");
    await world.browser.go("/health");
    const row = region("Kernels").getByRole("row").filter({ hasText: "tour.ipynb" });
    await row.getByText("idle").waitFor();
    assert.match(await row.innerText(), /python/);
    await row.getByRole("button", { name: "End the kernel of tour.ipynb" }).click();
    const ask = world.page.getByRole("dialog", { name: "End this kernel?" });
    await ask.getByRole("button", { name: "End the kernel" }).click();
    await region("Kernels").getByText("No notebook has a kernel").waitFor();
  });

  test("finds what is damaged", async () => {
    const damage = region("Damage");
    await damage.getByRole("button", { name: "Check the store" }).click();
    await damage.getByText("Nothing is damaged").waitFor();
    spoil(join(world.project.folder, ".flownote/blobs"));
    await damage.getByRole("button", { name: "Check the store" }).click();
    await damage.getByText("1 thing damaged").waitFor();
    await damage.getByRole("list", { name: "What is damaged" }).getByText(/artifact/).waitFor();
    await world.page.reload();
    await damage.getByText("1 thing damaged").waitFor();
  });

  test("tells what gc would free, and frees nothing", async () => {
    const gc = region("What gc would free");
    await gc.getByRole("button", { name: "Look" }).click();
    await gc.getByText("can go").waitFor();
    await world.browser.shoot("health-full");
    await world.browser.checkAccessibility("health");
  });
});

/** Changes a byte of the largest value. */
function spoil(folder) {
  const files = readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
  const [largest] = files.sort((one, other) => statSync(other).size - statSync(one).size);
  const bytes = readFileSync(largest);
  bytes[0] ^= 1;
  chmodSync(largest, 0o644);
  writeFileSync(largest, bytes);
}

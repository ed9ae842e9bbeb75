/** The frame around every place: its look, its keys, its commands. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makeWorld, short } from "./support/world.mjs";

const world = makeWorld(async (project) => {
  const run = await project.flow("many.py", "--amount", "2", "--tag", "palette");
  return { run: run.run };
});

const theme = () => world.page.evaluate(() => document.documentElement.dataset.theme);

describe("the look", () => {
  test("follows the system until it is chosen, and is remembered", async () => {
    await world.browser.look("dark");
    await world.browser.go("/runs");
    assert.equal(await theme(), "dark");
    await world.page.getByRole("button", { name: /^Theme: system/ }).click();
    assert.equal(await theme(), "light");
    await world.page.reload();
    await world.page.getByRole("button", { name: /^Theme: light/ }).waitFor();
    assert.equal(await theme(), "light");
    await world.page.getByRole("button", { name: /^Theme: light/ }).click();
    await world.page.getByRole("button", { name: /^Theme: dark/ }).click();
    await world.page.getByRole("button", { name: /^Theme: system/ }).waitFor();
    await world.browser.look("light");
    await world.page.waitForFunction(() => document.documentElement.dataset.theme === "light");
  });
});

describe("for those who want no motion", () => {
  test("nothing moves that isn't moved", async () => {
    await world.browser.go("/runs");
    await world.page.getByRole("grid", { name: "Runs" }).waitFor();
    const longest = async () => {
      // A toast rises where motion is welcome.
      await world.page.evaluate(() => {
        document.querySelector(".toasts").innerHTML = '<div class="toast">said</div>';
      });
      return world.page.evaluate(() => {
        const styles = [...document.querySelectorAll("*")].map((it) => getComputedStyle(it));
        const times = styles.flatMap((it) =>
          `${it.animationDuration}, ${it.transitionDuration}`.split(", "),
        );
        return Math.max(...times.map(Number.parseFloat));
      });
    };
    assert.ok((await longest()) > 0.1);
    await world.page.emulateMedia({ reducedMotion: "reduce" });
    assert.ok((await longest()) < 0.001);
    await world.page.emulateMedia({ reducedMotion: "no-preference" });
  });
});

describe("commands", () => {
  test("are found by what they are called, and done by Enter", async () => {
    await world.browser.go("/runs");
    await world.page.keyboard.press("Control+k");
    await world.page.getByRole("combobox", { name: /Type a command/ }).fill("go to health");
    await world.page.keyboard.press("Enter");
    await world.page.getByRole("heading", { name: "Health" }).waitFor();
  });

  test("find runs, too", async () => {
    await world.page.keyboard.press("Control+Shift+P");
    await world.page.keyboard.type("palette");
    await world.page.getByRole("option", { name: new RegExp(short(world.runs.run)) }).click();
    await world.page.waitForURL(`**/runs/Many/${world.runs.run}`);
  });

  test("are left by Escape, and the focus is where it was", async () => {
    await world.page.locator("[data-step=start]").focus();
    await world.page.keyboard.press("Control+k");
    await world.page.getByRole("dialog").waitFor();
    await world.page.keyboard.press("Escape");
    await world.page.getByRole("dialog").waitFor({ state: "detached" });
    assert.equal(await world.page.evaluate(() => document.activeElement?.dataset.step), "start");
  });
});

describe("keys", () => {
  test("go to the four places", async () => {
    for (const [letter, place] of [["d", "/data"], ["h", "/health"], ["n", "/notebooks"], ["r", "/runs"]]) {
      await world.page.keyboard.press("g");
      await world.page.keyboard.press(letter);
      await world.page.waitForURL(`**${place}`);
      // Its editor is there, and takes no keys that nobody meant for it.
      if (place === "/data") await world.page.getByRole("textbox", { name: "SQL query" }).waitFor();
      const current = world.page.locator(".places [aria-current=page]");
      assert.equal((await current.innerText()).toLowerCase(), place.slice(1));
    }
  });

  test("are listed on a sheet", async () => {
    await world.page.keyboard.press("?");
    await world.page.getByRole("dialog", { name: "Keys" }).waitFor();
    await world.page.keyboard.press("Escape");
  });

  test("reach the content past the header", async () => {
    await world.browser.go("/health");
    await world.page.keyboard.press("Tab");
    assert.equal(
      await world.page.evaluate(() => document.activeElement?.textContent),
      "Skip to the content",
    );
  });
});

test("an address that names nothing says so", async () => {
  await world.browser.go("/runs");
  await world.page.evaluate(() => {
    history.pushState(null, "", "/nowhere");
    dispatchEvent(new PopStateEvent("popstate"));
  });
  await world.page.getByText("There is no such page").waitFor();
});

test("health tells room, runs and what fills the store", async () => {
  await world.browser.go("/health");
  await world.page.getByRole("meter", { name: "Disk" }).waitFor();
  await world.page.getByRole("meter", { name: "Memory" }).waitFor();
  const table = world.page.getByRole("region", { name: "What fills the store" });
  await table.getByRole("cell", { name: "Many" }).waitFor();
});

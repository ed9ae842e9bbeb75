/** Every place in light, dark and narrow: a picture to look at, and nothing that axe finds serious. */
import { describe, test } from "node:test";
import { makeWorld } from "./support/world.mjs";

const world = makeWorld(async (project) => {
  const first = await project.flow("shop.py", "--cache", "--alpha", "0.1", "--tag", "nightly");
  const reused = await project.flow("shop.py", "--cache", "--alpha", "0.1", "--tag", "baseline");
  const high = await project.flow("shop.py", "--cache", "--alpha", "0.9");
  await project.flow("many.py", "--amount", "40");
  const failed = await project.flow("shop.py", "--cache", "--alpha", "0.5", "--broken", "5");
  return { first: first.run, reused: reused.run, high: high.run, failed: failed.run };
});

const shop = (name, rest = "") => `/runs/Shop/${world.runs[name]}${rest}`;

const PLACES = {
  runs: () => "/runs",
  "runs-filtered": () => "/runs/Shop?status=succeeded&parameter=alpha%3D0.1",
  "runs-none": () => "/runs?text=nothing-is-called-that",
  run: () => shop("failed"),
  "run-reused": () => shop("reused"),
  "run-code": () => shop("high", "?tab=code"),
  "run-environment": () => shop("first", "?tab=environment"),
  "run-why": () => shop("failed", "?tab=why"),
  task: () => shop("failed", "/train/5"),
  "task-artifacts": () => shop("first", "/end/0?tab=artifacts"),
  artifact: () => shop("first", "/start/0?tab=artifacts&artifact=sales"),
  "artifact-tree": () => shop("first", "/start/0?tab=artifacts&artifact=settings"),
  compare: () => `/compare?runs=${["first", "high", "failed"].map((name) => `Shop/${world.runs[name]}`).join(",")}`,
  health: () => "/health",
  data: () => "/data",
  notebooks: () => "/notebooks",
};

const LOOKS = [
  ["light", 1440, 900],
  ["dark", 1440, 900],
  ["light", 420, 860],
];

for (const [theme, width, height] of LOOKS) {
  const look = width < 800 ? "narrow" : theme;
  describe(look, () => {
    for (const [name, address] of Object.entries(PLACES)) {
      test(name, async () => {
        await world.browser.look(theme, width, height);
        await world.browser.go(address());
        await world.page.waitForLoadState("load");
        // What is asked for after the place stands (rows of the timeline, the log) has come.
        await world.page.waitForFunction(() => !document.querySelector(".skeleton"));
        await world.page.waitForTimeout(400);
        await world.browser.shoot(`${name}-${look}`);
        await world.browser.checkAccessibility(`${name} in ${look}`);
      });
    }
  });
}

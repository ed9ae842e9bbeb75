/** One store with real runs, one server over it, one browser before it: for a file of tests. */
import assert from "node:assert/strict";
import { after, afterEach, before } from "node:test";
import { Browser } from "./browser.mjs";
import { Server } from "./server.mjs";
import { Project } from "./shell.mjs";

/**
 * Makes the world before the tests of a file and takes it away after them.
 * @param {(project: Project) => Promise<object>} prepare runs flows; what it gives back is `world.runs`
 * @param {string[]} words further arguments of `flownote ui`
 */
export function makeWorld(prepare, ...words) {
  const world = {};
  before(async () => {
    world.project = new Project();
    world.runs = await prepare(world.project);
    world.server = await Server.start(world.project, ...words);
    world.browser = await Browser.start(world.server);
    world.page = world.browser.page;
  });
  afterEach(() => {
    const complaints = world.browser?.complaints.splice(0) ?? [];
    assert.deepEqual(complaints, [], "the page complained");
  });
  after(async () => {
    await world.browser?.stop();
    await world.server?.stop();
    world.project?.remove();
  });
  return world;
}

/** The end of a run's id, by which the page names it. */
export function short(run) {
  return run.slice(run.lastIndexOf("-") + 1);
}

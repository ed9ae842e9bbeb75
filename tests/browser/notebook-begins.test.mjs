/** A kernel that begins while one types: a long notebook isn't sent again for it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NotebookOnPage, until, writeNotebook } from "./support/notebook.mjs";
import { makeWorld } from "./support/world.mjs";

const world = makeWorld(async (project) => {
  const many = Array.from({ length: 1000 }, (_, at) => [`k${at}`, `value_${at} = ${at}`]);
  writeNotebook(project, "long.ipynb", many);
});
const book = new NotebookOnPage(world);

describe("the first edit", () => {
  test("brings no second snapshot, nor does the end of the kernel", async () => {
    const frames = [];
    const listen = (socket) => socket.on("framereceived", ({ payload }) => frames.push(String(payload)));
    world.page.on("websocket", listen);
    await book.open("long.ipynb");
    await book.edit("k0");
    await world.page.keyboard.press("Control+End");
    await world.page.keyboard.insertText("  # typed");
    // The kernel is there.
    const began = () => frames.filter((frame) => frame.startsWith('{"session":')).length;
    await until(began, (count) => count > 0, "the session is told");
    assert.equal(await book.isTyping(), true, "the focus stays");
    await book.runs("k0");
    await world.page.keyboard.press("Control+Shift+p");
    await world.page.keyboard.type("End the session");
    await world.page.keyboard.press("Enter");
    await world.page.getByRole("dialog").getByRole("button", { name: "End the session" }).click();
    await until(began, (count) => count > 1, "its end is told");
    const hellos = frames.filter((frame) => frame.startsWith('{"hello":'));
    assert.equal(hellos.length, 1);
    const rest = frames.filter((frame) => !frame.startsWith('{"hello":'));
    const most = Math.max(...rest.map((frame) => frame.length));
    assert.ok(most < hellos[0].length / 10, `a frame of ${most} characters beside ${hellos[0].length}`);
    // What ran before is known to have run.
    await book.runs("k1");
    assert.equal((await book.text("k0")).endsWith("# typed"), true);
    world.page.off("websocket", listen);
  });
});

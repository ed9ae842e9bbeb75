/** An open notebook, by what one sees and presses. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Writes a notebook of cells `[id, source]`; a third part says the kind (`markdown`) or the
 * outputs of the file.
 * @param {import("./shell.mjs").Project} project
 * @param {string} path
 */
export function writeNotebook(project, path, cells) {
  const file = join(project.folder, path);
  mkdirSync(dirname(file), { recursive: true });
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: cells.map(([id, source, more]) => {
      if (more === "markdown") return { id, cell_type: "markdown", metadata: {}, source };
      const outputs = more ?? [];
      return { id, cell_type: "code", metadata: {}, source, outputs, execution_count: null };
    }),
  };
  writeFileSync(file, JSON.stringify(notebook));
  return file;
}

/** The cells of the file as it is now: id → text, or another of their fields. */
export function readNotebook(file, field = "source") {
  const { cells } = JSON.parse(readFileSync(file, "utf8"));
  const value = (cell) => (field === "source" ? [cell.source].flat().join("") : cell[field]);
  return new Map(cells.map((cell) => [cell.id, value(cell)]));
}

/** Asks until it holds; says what was seen last when it never does. */
export async function until(ask, holds, what, patience = 30_000) {
  const end = Date.now() + patience;
  let seen;
  do {
    seen = await ask();
    if (holds(seen)) return seen;
    await new Promise((done) => setTimeout(done, 50));
  } while (Date.now() < end);
  assert.fail(`${what}; seen last: ${JSON.stringify(seen)}`);
}

export class NotebookOnPage {
  /**
   * @param {object} world what `makeWorld` made, or is about to make
   * @param {import("playwright-core").Page} [page] another page than the world's own
   */
  constructor(world, page) {
    this.world = world;
    this.own = page;
  }

  get page() {
    return this.own ?? this.world.page;
  }

  async open(path) {
    await this.page.goto(`${this.world.server.base}/notebooks/${path}`);
    await this.page.locator("article").first().waitFor();
  }

  /** Brings a cell into view and says where it is. */
  async cell(id) {
    const cell = this.page.locator(`[data-cell="${id}"]`);
    const slot = this.page.locator(`[data-slot="${id}"]`);
    // What opens above it meanwhile takes it out of sight again.
    const come = async () => {
      await slot.evaluate((place) => place.scrollIntoView({ block: "center" }));
      return cell.isVisible();
    };
    await until(come, (isThere) => isThere, `cell ${id} is in sight`);
    return cell;
  }

  /** Gives the cell itself, not its text, the focus. */
  async focus(id) {
    const cell = await this.cell(id);
    await cell.focus();
    await until(() => this.focused(), (at) => at === id, `cell ${id} has the focus`);
  }

  focused() {
    return this.page.evaluate(() => document.activeElement?.closest("article")?.dataset.cell ?? null);
  }

  isTyping() {
    return this.page.evaluate(() => document.activeElement?.classList.contains("cm-content") ?? false);
  }

  async edit(id) {
    await this.focus(id);
    await this.page.keyboard.press("Enter");
    await until(() => this.isTyping(), Boolean, "the text has the focus");
  }

  /** Puts another text in a cell, as one who types. */
  async rewrite(id, text) {
    await this.edit(id);
    await this.page.keyboard.press("Control+a");
    if (text === "") await this.page.keyboard.press("Delete");
    else await this.page.keyboard.insertText(text);
  }

  async run(id) {
    await this.focus(id);
    await this.page.keyboard.press("Control+Enter");
  }

  async status(id) {
    return (await this.cell(id)).locator("[data-status]").getAttribute("data-status");
  }

  async becomes(id, status) {
    await until(() => this.status(id), (now) => now === status, `cell ${id} becomes ${status}`);
  }

  async runs(id) {
    await this.run(id);
    await this.becomes(id, "fresh");
  }

  async text(id) {
    const cell = await this.cell(id);
    // Which of both it is may change meanwhile: they are read at once.
    return cell.evaluate((cell) => {
      const still = cell.querySelector(".still");
      if (still) return still.textContent;
      const lines = [...cell.querySelectorAll(".cm-line")];
      return lines.map((line) => line.innerText.replace(/\n$/, "")).join("\n");
    });
  }

  /** What a cell shows, as text. */
  async shows(id) {
    const outputs = (await this.cell(id)).locator(".outputs");
    return (await outputs.count()) === 0 ? "" : outputs.innerText();
  }

  order() {
    return this.page
      .locator("[data-slot]")
      .evaluateAll((slots) => slots.map((slot) => slot.dataset.slot));
  }

  async saved() {
    await this.page.locator(".saving", { hasText: /^saved$/ }).waitFor();
  }
}

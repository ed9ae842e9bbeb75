/** A real Chromium of the system's: logged in, watched for errors, looked at with axe. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** For a browser that speaks to loopback alone and keeps its own business quiet. */
export const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** The system's Chromium, or the one that FLOWNOTE_TEST_CHROMIUM names. */
export function executable() {
  const found = [process.env.FLOWNOTE_TEST_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"];
  const path = found.find((one) => one && existsSync(one));
  if (!path) throw new Error("no Chromium: `apt-get install chromium`, or FLOWNOTE_TEST_CHROMIUM");
  return path;
}

/** Where screenshots go: outside the repository, unless FLOWNOTE_SCREENSHOTS says otherwise. */
export const screenshots = process.env.FLOWNOTE_SCREENSHOTS ?? join(tmpdir(), "flownote-screenshots");

export class Browser {
  /**
   * @param {import("./server.mjs").Server} server
   * @param {object} more of Playwright's options
   */
  static async start(server, more = {}) {
    const profile = mkdtempSync(join(tmpdir(), "flownote-chromium-"));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: executable(),
      args: FLAGS,
      viewport: { width: 1440, height: 900 },
      colorScheme: "light",
      locale: "en-GB",
      ...more,
    });
    // How long a page may take to show what is waited for; shorter while one works on a test.
    context.setDefaultTimeout(Number(process.env.FLOWNOTE_TEST_PATIENCE_MS ?? 30_000));
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: server.base });
    const browser = new Browser(context, profile, server);
    browser.page = await browser.open();
    await browser.page.goto(server.login);
    return browser;
  }

  constructor(context, profile, server) {
    this.context = context;
    this.profile = profile;
    this.base = server.base;
    /** What pages complained of; a test that expects some takes it out. */
    this.complaints = [];
  }

  /** A further tab. */
  async open() {
    const page = await this.context.newPage();
    page.on("pageerror", (error) => this.complaints.push(`page: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() !== "error") return;
      this.complaints.push(`console: ${message.text()} (${message.location().url})`);
    });
    return page;
  }

  /** Goes to an address of the page, `/runs`. */
  async go(address) {
    await this.page.goto(this.base + address);
    await this.page.waitForSelector("main");
  }

  async look(theme, width = 1440, height = 900) {
    await this.page.emulateMedia({ colorScheme: theme });
    await this.page.setViewportSize({ width, height });
  }

  shoot(name) {
    return this.shootPage(this.page, name);
  }

  async shootPage(page, name) {
    mkdirSync(screenshots, { recursive: true });
    // Fonts and skeletons settle first.
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    await page.screenshot({ path: join(screenshots, `${name}.png`), animations: "disabled" });
  }

  /** No serious finding of axe on the page as it stands. */
  async checkAccessibility(name) {
    // Evaluated by the debugger: the page's own policy allows no foreign scripts.
    await this.page.evaluate(axe);
    const found = await this.page.evaluate(async () => {
      const results = await window.axe.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
      });
      return results.violations
        .filter((one) => one.impact === "serious" || one.impact === "critical")
        .map((one) => `${one.id}: ${one.help}\n  ${one.nodes.map((node) => node.html).slice(0, 3).join("\n  ")}`);
    });
    assert.deepEqual(found, [], `accessibility of ${name}`);
  }

  async stop() {
    await this.context.close();
    rmSync(this.profile, { recursive: true, force: true });
  }
}

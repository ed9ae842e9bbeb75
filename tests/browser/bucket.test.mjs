/** A store in a bucket: the same page over S3, runs of two people side by side. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { request } from "node:http";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Browser } from "./support/browser.mjs";
import { NotebookOnPage, until, writeNotebook } from "./support/notebook.mjs";
import { Server } from "./support/server.mjs";
import { flownote, Project } from "./support/shell.mjs";

const world = {};
const book = new NotebookOnPage(world);

/** moto, which serves S3 on a port of its own. */
async function moto() {
  const python = join(dirname(flownote), "python");
  const child = spawn(python, ["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  const endpoint = await new Promise((found, failed) => {
    child.stderr.setEncoding("utf8").on("data", (chunk) => {
      said += chunk;
      const match = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (match) found(match[0]);
    });
    child.once("exit", () => failed(new Error(`the test needs moto[server] (\`make test\`):\n${said}`)));
  });
  return { child, endpoint };
}

/** A PUT on a bucket makes it; moto checks no signature. */
function makeBucket(endpoint) {
  return new Promise((done, failed) => {
    const asked = request(`${endpoint}/team`, { method: "PUT" }, (answer) => {
      answer.resume();
      answer.on("end", () => (answer.statusCode === 200 ? done() : failed(new Error(`${answer.statusCode}`))));
    });
    asked.on("error", failed);
    asked.end();
  });
}

before(async () => {
  world.moto = await moto();
  await makeBucket(world.moto.endpoint);
  world.project = new Project();
  Object.assign(world.project.environment, {
    FLOWNOTE_STORE: "s3://team/flownote",
    AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_REGION: "us-east-1",
    AWS_ENDPOINT_URL: world.moto.endpoint,
    AWS_EC2_METADATA_DISABLED: "true",
    // What was fetched once is kept with the test's own things.
    XDG_CACHE_HOME: join(world.project.folder, ".cache"),
  });
  delete world.project.environment.AWS_PROFILE;
  writeNotebook(world.project, "shared.ipynb", [
    ["a", "import pandas as pd\nfilms = pd.DataFrame({'title': ['Fargo', 'Alien'], 'stars': [4, 5]})\nfilms"],
    ["b", "%%sql\n-- out: best\nSELECT title FROM films WHERE stars = 5"],
  ]);
  world.shop = (await world.project.flow("shop.py", "--items", "4")).run;
  world.project.environment.FLOWNOTE_USER = "ben";
  world.broken = (await world.project.flow("shop.py", "--items", "4", "--broken", "2")).run;
  world.project.environment.FLOWNOTE_USER = "ana";
  world.server = await Server.start(world.project);
  world.browser = await Browser.start(world.server);
  world.page = world.browser.page;
});

after(async () => {
  await world.browser?.stop();
  await world.server?.stop();
  world.project?.remove();
  world.moto?.child.kill("SIGTERM");
});

describe("a store in a bucket", () => {
  test("has everybody's runs, and says whose and where", async () => {
    await world.browser.go("/runs");
    const rows = world.page.locator(".run-rows [role=row]");
    await rows.filter({ hasText: "ben" }).filter({ hasText: "failed" }).waitFor();
    await rows.filter({ hasText: "ana" }).filter({ hasText: "succeeded" }).waitFor();
    await world.page.getByText("s3://team/flownote").first().waitFor();
  });

  test("shows a failed task's log and a table", async () => {
    await world.browser.go(`/runs/Shop/${world.broken}/train/2`);
    await world.page.getByText("ValueError: item 2 was never sold").first().waitFor();
    await world.page.getByRole("log").getByText("fitting item 2").first().waitFor();
    await world.browser.go(`/runs/Shop/${world.shop}/start/0?tab=artifacts&artifact=sales`);
    await world.page.getByRole("dialog", { name: "sales" }).getByText("item 0").first().waitFor();
  });

  test("is asked by SQL", async () => {
    await world.browser.go("/data");
    await world.page.getByRole("textbox", { name: "SQL query" }).click();
    await world.page.keyboard.insertText(
      `SELECT count(*) AS many FROM 'Shop/${world.shop}/start/0/sales'`,
    );
    await world.page.keyboard.press("Control+Enter");
    await world.page.getByRole("grid").locator('[data-cell="0:0"]').filter({ hasText: "120" }).waitFor();
  });

  test("keeps what a notebook computes", async () => {
    await book.open("shared.ipynb");
    await book.runs("a");
    await book.runs("b");
    assert.match(await book.shows("b"), /Alien/);
    const listed = () => world.project.run("runs", "Notebook");
    await until(listed, ({ stdout }) => /shared\.ipynb/.test(stdout), "the run is in the bucket");
  });

  test("is measured by Health", async () => {
    await world.browser.go("/health");
    const table = world.page.getByRole("region", { name: "What fills the store" });
    await table.getByRole("row", { name: /Shop/ }).waitFor();
    await world.browser.checkAccessibility("health of a bucket");
  });
});

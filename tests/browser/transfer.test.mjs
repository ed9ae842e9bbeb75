/** What goes over the wire: how much the first load is, and in what form it comes. */
import assert from "node:assert/strict";
import { request } from "node:http";
import { describe, test } from "node:test";
import { writeNotebook } from "./support/notebook.mjs";
import { makeWorld } from "./support/world.mjs";

const BUDGET = 1_500_000;

const world = makeWorld(async (project) => {
  const cells = Array.from({ length: 40 }, (_, at) => [`c${at}`, `value_${at} = ${at}`]);
  writeNotebook(project, "some.ipynb", [["text", "# With $x^2$", "markdown"], ...cells]);
  const { run } = await project.flow("many.py", "--amount", "200");
  return { run };
});

/** Loads a place in a browser that has nothing of it, and says each answer's bytes. */
async function firstLoad(address, isThere) {
  const client = await world.browser.context.newCDPSession(world.page);
  await client.send("Network.enable");
  await client.send("Network.clearBrowserCache");
  const answers = new Map();
  client.on("Network.responseReceived", ({ requestId, response }) =>
    answers.set(requestId, { url: response.url, headers: response.headers, bytes: 0 }),
  );
  client.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (answers.has(requestId)) answers.get(requestId).bytes = encodedDataLength;
  });
  await world.browser.go(address);
  await isThere();
  await world.page.waitForLoadState("networkidle").catch(() => {});
  await client.detach();
  return [...answers.values()];
}

const encoding = ({ headers }) => headers["content-encoding"] ?? headers["Content-Encoding"] ?? null;

describe("the first load", () => {
  const PLACES = {
    "/runs": () => world.page.getByRole("grid", { name: "Runs" }).waitFor(),
    "/notebooks/some.ipynb": () => world.page.locator("article").nth(3).waitFor(),
    "/data": () => world.page.getByRole("tree", { name: "Tables" }).waitFor(),
  };
  for (const [address, isThere] of Object.entries(PLACES)) {
    test(`of ${address} is within its budget, and its programs are compressed`, async () => {
      const answers = await firstLoad(address, isThere);
      const total = answers.reduce((sum, { bytes }) => sum + bytes, 0);
      assert.ok(total > 50_000, `the whole load was seen: ${total} bytes`);
      assert.ok(total <= BUDGET, `${total} bytes`);
      const plain = answers.filter(
        (one) => /\.(js|css)$/.test(new URL(one.url).pathname) && one.bytes > 3000 && encoding(one) !== "gzip",
      );
      assert.deepEqual(plain.map(({ url }) => url), []);
    });
  }
});

/** One answer as it came, by the browser's own cookie. */
async function ask(path, headers) {
  const [cookie] = await world.browser.context.cookies(world.server.base);
  const { hostname, port } = new URL(world.server.base);
  const whole = { cookie: `${cookie.name}=${cookie.value}`, ...headers };
  return new Promise((done, failed) => {
    const asked = request({ hostname, port, path, headers: whole }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => done({ headers: answer.headers, status: answer.statusCode, body: Buffer.concat(parts) }));
    });
    asked.on("error", failed);
    asked.end();
  });
}

describe("an answer", () => {
  test("of the store is compressed for who reads that, and says that it varies", async () => {
    const path = `/api/runs/Many/${world.runs.run}/tasks?limit=200`;
    const short = await ask(path, { "accept-encoding": "gzip" });
    const whole = await ask(path, {});
    assert.equal(short.headers["content-encoding"], "gzip");
    assert.equal(whole.headers["content-encoding"], undefined);
    assert.match(short.headers.vary, /accept-encoding/);
    assert.match(whole.headers.vary, /accept-encoding/);
    assert.ok(short.body.length * 3 < whole.body.length, `${short.body.length} of ${whole.body.length}`);
    assert.equal(JSON.parse(whole.body).total, 203);
  });

  test("that is a page of HTML never is", async () => {
    for (const path of ["/runs", "/login?token=guessed"]) {
      const { headers } = await ask(path, { "accept-encoding": "gzip", accept: "text/html" });
      assert.equal(headers["content-encoding"], undefined, path);
    }
  });

  test("has another tag in another form, and none is sent again", async () => {
    const script = await world.page.evaluate(() => new URL(document.querySelector("script[type=module]").src).pathname);
    const short = await ask(script, { "accept-encoding": "br, gzip" });
    const whole = await ask(script, {});
    assert.notEqual(short.headers.etag, whole.headers.etag);
    assert.match(short.headers["content-type"], /javascript/);
    const again = await ask(script, { "accept-encoding": "gzip", "if-none-match": short.headers.etag });
    assert.equal(again.status, 304);
    assert.equal(again.body.length, 0);
  });
});

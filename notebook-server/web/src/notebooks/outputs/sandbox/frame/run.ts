/** HTML as a browser would load it: its scripts run, one after another, where they stand. */

/** So long a script may take to load. */
const PATIENCE_MS = 5000;

export async function runHtml(box: HTMLElement, html: string): Promise<void> {
  // As in a document: what `innerHTML` puts there has scripts that never run.
  box.innerHTML = html;
  for (const dead of [...box.querySelectorAll("script")]) {
    const live = document.createElement("script");
    for (const { name, value } of dead.attributes) live.setAttribute(name, value);
    live.textContent = dead.textContent;
    // Data in a script, and scripts that another script took away, do nothing.
    if (!dead.isConnected) continue;
    const loads = live.src !== "" || live.type === "module";
    const done = loads ? loaded(live) : Promise.resolve();
    writesInto(live, box);
    dead.replaceWith(live);
    await done;
  }
}

export async function runJavascript(box: HTMLElement, code: string): Promise<void> {
  // Jupyter gives scripts the box that they may fill.
  const run = new Function("element", `return (async () => {${code}\n})()`);
  await run(box);
}

function loaded(script: HTMLScriptElement): Promise<void> {
  return new Promise((done) => {
    script.addEventListener("load", () => done());
    script.addEventListener("error", () => done());
    setTimeout(done, PATIENCE_MS);
  });
}

/** `document.write` would begin a new document: it writes behind its script instead. */
function writesInto(script: HTMLScriptElement, box: HTMLElement): void {
  const write = (...text: string[]) => {
    const place = script.isConnected ? script : box.lastElementChild;
    const html = text.join("");
    if (place) place.insertAdjacentHTML("afterend", html);
    else box.insertAdjacentHTML("beforeend", html);
  };
  document.write = write;
  document.writeln = (...text: string[]) => write(...text, "\n");
}

/**
 * The three servers, each with a kernel of its own, and where their pages have what is
 * measured: all of them edit text by CodeMirror 6.
 */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";

/** So long a server may take to answer. */
const PATIENCE_MS = 60_000;

/**
 * Where a page has its cells, their lines, what is typed in, what they show, and tables of any
 * size; and what is there once a kernel is.
 */
const PAGES = {
  Flownote: {
    cells: ".slot",
    // Plain lines, before an editor takes their place.
    line: ".slot .still, .slot .cm-line",
    output: ".outputs .output",
    grid: ".outputs [role=grid]",
    address: (base, name) => `${base}/notebooks/${name}.ipynb`,
  },
  JupyterLab: {
    cells: ".jp-Notebook .jp-Cell",
    line: ".jp-Notebook .cm-line",
    output: ".jp-OutputArea-output",
    // Before, whoever runs a cell is asked for a kernel.
    ready: "text=/ipykernel.*[|] Idle/",
    address: (base, name) => `${base}/lab/tree/${name}.ipynb?reset`,
  },
  marimo: {
    cells: "[data-cell-id]",
    line: "[data-cell-id] .cm-line",
    output: ".output, [data-testid=console-output-area] *, .console-output-area *",
    address: (base, name) => `${base}/?file=${name}.py`,
  },
};

export class Engine {
  /**
   * Starts the server in a folder of notebooks.
   * @param {{name: string, python: string, dist?: string}} what
   */
  static async start({ name, python, dist }, folder, home) {
    const environment = { ...process.env, HOME: home, USER: "bench", JUPYTER_NO_CONFIG: "1" };
    for (const key of Object.keys(environment)) {
      if (/^(XDG_|JUPYTER_[^N]|IPYTHON|FLOWNOTE_)/.test(key)) delete environment[key];
    }
    const port = await freePort();
    const [program, ...words] = command(name, python, port, dist);
    const env = { ...environment, PATH: `${dirname(python)}:${environment.PATH}` };
    const child = spawn(program, words, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    const engine = new Engine(name, child, `http://127.0.0.1:${port}`);
    engine.invitation = [program, ["ui", "--url"], { cwd: folder, env }];
    child.stdout.on("data", (chunk) => engine.hear(chunk));
    child.stderr.on("data", (chunk) => engine.hear(chunk));
    await engine.ready();
    return engine;
  }

  constructor(name, child, base) {
    this.name = name;
    this.child = child;
    this.base = base;
    this.page = PAGES[name];
    this.said = "";
  }

  hear(chunk) {
    this.said += chunk;
  }

  async ready() {
    const end = Date.now() + PATIENCE_MS;
    while (Date.now() < end) {
      if (this.child.exitCode !== null) break;
      const answer = await fetch(this.base, { redirect: "manual" }).catch(() => null);
      if (answer) return;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`${this.name} does not answer:\n${this.said}`);
  }

  address(notebook) {
    return this.page.address(this.base, notebook);
  }

  /** Lets a browser in, without a page: its cache stays cold. */
  async enter(context) {
    if (this.name !== "Flownote") return;
    await context.request.get(await this.invite());
  }

  /** An address that logs in, once. */
  async invite() {
    const asked = spawn(...this.invitation);
    let said = "";
    for await (const chunk of asked.stdout) said += chunk;
    return said.trim().split("\n").at(-1);
  }

  /** Processor seconds of the server and of all that it started. */
  cpu() {
    return tree(this.child.pid).reduce((sum, pid) => sum + ticks(pid), 0) / 100;
  }

  async stop() {
    if (this.child.exitCode !== null) return;
    const ended = new Promise((done) => this.child.once("exit", done));
    const all = tree(this.child.pid);
    const [, , { cwd }] = this.invitation;
    this.child.kill("SIGTERM");
    const late = setTimeout(() => this.child.kill("SIGKILL"), 8_000);
    await ended;
    clearTimeout(late);
    // Kernels that outlive their server by design.
    for (const pid of [...all, ...workingOn(cwd)]) {
      try {
        process.kill(Number(pid), "SIGKILL");
      } catch {
        // It ended with its server.
      }
    }
  }
}

function command(name, python, port, dist) {
  const program = (file) => join(dirname(python), file);
  switch (name) {
    case "Flownote":
      return [
        program("flownote"),
        ...["ui", "--no-browser", "--port", String(port)],
        ...(dist ? ["--dev", dist] : []),
      ];
    case "JupyterLab":
      return [
        program("jupyter-lab"),
        ...["--no-browser", "--allow-root", `--port=${port}`, "--ip=127.0.0.1"],
        "--IdentityProvider.token=",
      ];
    case "marimo":
      return [
        program("marimo"),
        ...["edit", ".", "--headless", "--no-token", "--skip-update-check"],
        ...["--host", "127.0.0.1", "--port", String(port)],
      ];
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** A process and all that come of it. */
function tree(pid) {
  let children = "";
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  } catch {
    return [];
  }
  return [pid, ...children.trim().split(/\s+/).filter(Boolean).flatMap((one) => tree(Number(one)))];
}

/** Processes that were told of a folder: Flownote's supervisors are nobody's children. */
function workingOn(folder) {
  return readdirSync("/proc").filter((name) => {
    // Who measures was told of it, too.
    if (name === String(process.pid)) return false;
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, "utf8").includes(folder);
    } catch {
      return false;
    }
  });
}

function ticks(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
    // utime, stime, and those of children that ended.
    return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
  } catch {
    return 0;
  }
}

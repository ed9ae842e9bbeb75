/** `flownote ui` on a free port, ended with the test. */
import { spawn } from "node:child_process";
import { flownote } from "./shell.mjs";

/** So long a server may take to say its address. */
const PATIENCE_MS = 60_000;

export class Server {
  /**
   * @param {import("./shell.mjs").Project} project
   * @param {string[]} words further arguments of `flownote ui`
   */
  static async start(project, ...words) {
    // A page that was built since the wheel was, to work on it: its folder.
    const dev = process.env.FLOWNOTE_TEST_DIST ? ["--dev", process.env.FLOWNOTE_TEST_DIST] : [];
    const port = words.includes("--port") ? [] : ["--port", "0"];
    const child = spawn(flownote, ["ui", "--no-browser", ...port, ...dev, ...words], {
      cwd: project.folder,
      env: project.environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let printed = "";
    const address = await new Promise((found, failed) => {
      const late = setTimeout(() => failed(new Error(`no address in:\n${printed}`)), PATIENCE_MS);
      const read = (chunk) => {
        printed += chunk;
        const match = /http:\/\/127\.0\.0\.1:\d+\S*\/login\?token=\S+/.exec(printed);
        if (!match) return;
        clearTimeout(late);
        found(match[0]);
      };
      child.stdout.setEncoding("utf8").on("data", read);
      child.stderr.setEncoding("utf8").on("data", read);
      child.once("exit", (code) => {
        clearTimeout(late);
        failed(new Error(`\`flownote ui\` ended with ${code}:\n${printed}`));
      });
    });
    return new Server(child, address, project, words);
  }

  constructor(child, login, project, words) {
    this.child = child;
    this.project = project;
    this.words = words;
    /** The address that logs in, once. */
    this.login = login;
    const url = new URL(login);
    /** Where the page is, without a slash at its end. */
    this.base = url.origin + url.pathname.replace(/\/login$/, "");
  }

  /** Ends at once, as by a crash of the machine's. */
  async kill() {
    const ended = new Promise((done) => this.child.once("exit", done));
    this.child.kill("SIGKILL");
    await ended;
  }

  /** Begins anew at the same address, after `kill`. */
  async again() {
    const { port } = new URL(this.base);
    const next = await Server.start(this.project, "--port", port, ...this.words);
    this.child = next.child;
  }

  async stop() {
    if (this.child.exitCode !== null) return;
    const ended = new Promise((done) => this.child.once("exit", done));
    this.child.kill("SIGTERM");
    const late = setTimeout(() => this.child.kill("SIGKILL"), 5_000);
    await ended;
    clearTimeout(late);
  }
}

/** The real `flownote` command, in a folder of its own over a store of its own. */
import { execFile, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../../..");
export const python = process.env.FLOWNOTE_TEST_PYTHON ?? join(root, ".venv/bin/python");
export const flownote = join(dirname(python), "flownote");

/** A folder with the flows in it; `.flownote` in it is the store. */
export class Project {
  constructor() {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), "flownote-browser-")));
    cpSync(join(here, "../flows"), this.folder, { recursive: true });
    this.environment = { ...process.env, USER: "ana", LOGNAME: "ana", FLOWNOTE_USER: "ana" };
    // What is trusted, and who is logged in, is this project's alone.
    this.environment.XDG_STATE_HOME = join(this.folder, ".state");
    // So are its kernels: Health lists those of this folder.
    this.environment.XDG_RUNTIME_DIR = join(this.folder, ".runtime");
    mkdirSync(this.environment.XDG_RUNTIME_DIR, { mode: 0o700 });
    delete this.environment.FLOWNOTE_STORE;
  }

  /**
   * Runs the command to its end. Says what it printed and with what it ended.
   * @param {string[]} words
   */
  async run(...words) {
    return new Promise((done) => {
      const options = { cwd: this.folder, env: this.environment, maxBuffer: 1 << 26 };
      execFile(flownote, words, options, (error, stdout, stderr) => {
        done({ code: error ? (error.code ?? 1) : 0, stdout, stderr });
      });
    });
  }

  /**
   * Runs a flow and says the id of its run.
   * @param {string} file
   * @param {string[]} words
   */
  async flow(file, ...words) {
    const idFile = join(this.folder, `${file}.run`);
    const ended = await this.run("run", "--quiet", "--run-id-file", idFile, file, ...words);
    if (!existsSync(idFile)) throw new Error(`${file} didn't begin:\n${ended.stderr}`);
    const run = readFileSync(idFile, "utf8").trim();
    rmSync(idFile);
    return { run: run.split("/").at(-1), ...ended };
  }

  /**
   * Starts a flow that goes on for a while.
   * @param {string} file
   * @param {string[]} words
   */
  start(file, ...words) {
    const child = spawn(flownote, ["run", "--quiet", file, ...words], {
      cwd: this.folder,
      env: this.environment,
      stdio: "ignore",
    });
    return { child, ended: new Promise((done) => child.once("exit", done)) };
  }

  /** Ends the kernels, which outlive the server: their values are nobody's any more. */
  endKernels() {
    const folder = this.environment.XDG_RUNTIME_DIR;
    const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".json"));
    for (const name of names) {
      const { alive } = JSON.parse(readFileSync(join(folder, name), "utf8"));
      try {
        process.kill(alive.pid, "SIGKILL");
      } catch (error) {
        // Some ended before.
        if (error.code !== "ESRCH") throw error;
      }
    }
  }

  remove() {
    this.endKernels();
    // What ends just now may write yet.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

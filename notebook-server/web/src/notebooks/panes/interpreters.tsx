/** The kernel: the processes that run the cells, what they take, and beginning them anew. */
import { useSignal } from "@preact/signals";
import type { NotebookInterpreter, NotebookKernel } from "../../api/notebook.ts";
import { useRepeat, useResource } from "../../api/resource.ts";
import { size } from "../../format/format.ts";
import { Icon } from "../../parts/icon.tsx";
import { StatusGlyph } from "../cell/status.tsx";
import type { Desk } from "../model/desk.ts";
import { languageTitle } from "../protocol/book.ts";
import type { Interpreter } from "../protocol/types.ts";
import { PackagesDialog } from "./packages.tsx";
import { PythonsDialog } from "./pythons.tsx";
import { readKernel } from "./server.ts";

/** Milliseconds between two looks at the memory, while somebody sees it. */
const LOOK = 4000;

export function Interpreters({ desk }: { desk: Desk }) {
  const { path } = desk.notebook;
  const interpreters = desk.notebook.of("interpreters");
  const session = desk.notebook.of("session");
  const all = [...interpreters.values()];
  const states = all.map(({ language, state }) => `${language} ${state}`).join();
  const kernel = useResource(
    `${path} ${session} ${states}`,
    (signal) => readKernel(path, signal),
    desk.pauses.value,
  );
  useRepeat(all.length > 0 ? LOOK : null, kernel.refresh);
  const told = kernel.value.value;
  const isShowing = useSignal(false);
  const isChoosing = useSignal(false);
  const isRunning = all.some((one) => one.state !== "ended");
  return (
    <section aria-label="Kernel">
      <h3>Kernel</h3>
      {all.length === 0 && (
        <p class="pane-note">
          {session
            ? "None runs: each starts with its first cell."
            : "No kernel runs: an edit or a run starts one."}
        </p>
      )}
      {all.map((one) => (
        <One
          key={one.language}
          desk={desk}
          interpreter={one}
          told={told?.interpreters.find(({ language }) => language === one.language) ?? null}
        />
      ))}
      {told && <Python told={told} />}
      <div class="line wrap pane-buttons">
        <Interrupt desk={desk} />
        {isRunning && (
          <button
            type="button"
            class="btn small quiet"
            onClick={() => {
              desk.asking.value = "restart";
            }}
          >
            Restart all…
          </button>
        )}
        <button
          type="button"
          class="btn small quiet"
          onClick={() => {
            isShowing.value = true;
          }}
        >
          Packages…
        </button>
        <button
          type="button"
          class="btn small quiet"
          title="Which Python the cells run in"
          onClick={() => {
            isChoosing.value = true;
          }}
        >
          Python…
        </button>
      </div>
      {isChoosing.value && (
        <PythonsDialog
          path={path}
          chosen={kernel.refresh}
          close={() => {
            isChoosing.value = false;
          }}
        />
      )}
      {isShowing.value && (
        <PackagesDialog
          path={path}
          close={() => {
            isShowing.value = false;
          }}
        />
      )}
    </section>
  );
}

/** By itself: it comes and goes with every cell. */
function Interrupt({ desk }: { desk: Desk }) {
  if (desk.notebook.of("isIdle")) return null;
  return (
    <button
      type="button"
      class="btn small quiet"
      title="Stop what runs and what waits (i i)"
      onClick={() => void desk.interrupt()}
    >
      Interrupt
    </button>
  );
}

/** The Python of the cells: its virtual environment by name, all of it as a tooltip. */
function Python({ told }: { told: NotebookKernel }) {
  const python = told.interpreters.find(({ language }) => language === "python");
  const environment = python?.environment ?? null;
  const parts = (environment ?? told.python).split("/");
  // `.venv` says nothing by itself: the folder that it is in does.
  const brief = environment ? parts.slice(-2).join("/") : parts.slice(-3).join("/");
  return (
    <p class="pane-note cut" title={environment ? `${environment}\n${told.python}` : told.python}>
      {environment ? "venv" : "python"} {brief}
    </p>
  );
}

const WORDS = { starting: "starting", ready: "ready", ended: "ended" } as const;

interface OneProps {
  desk: Desk;
  interpreter: Interpreter;
  told: NotebookInterpreter | null;
}

function One({ desk, interpreter, told }: OneProps) {
  const { language, state } = interpreter;
  // SQL and WASM share one process.
  const title = language === "sql" || language === "wasm" ? "SQL · WASM" : languageTitle(language);
  const details =
    state === "ready"
      ? `${interpreter.runtime.executable}, process ${interpreter.pid}`
      : state === "ended"
        ? interpreter.message
        : "";
  const version = state === "ready" ? interpreter.runtime.version : "";
  const memory = told?.resident ? size(told.resident) : null;
  const glyph = state === "ready" ? "fresh" : state === "starting" ? "running" : "failed";
  const tone = state === "ready" ? "fresh" : state === "starting" ? "run" : "fail";
  return (
    <div class="entry with-button" title={details}>
      <span class={`line tone-${tone}`}>
        <StatusGlyph name={glyph} size={10} />
        <span class="aloud">{WORDS[state]}</span>
      </span>
      <span class="cut">
        {title} <span class="faint">{version}</span>
      </span>
      <span class="k">{state === "ready" ? (memory ?? "") : WORDS[state]}</span>
      <button
        type="button"
        class="btn quiet icon small"
        aria-label={`Restart ${title}`}
        title="Restart: its values go, results can be restored"
        onClick={() => void desk.restart(language)}
      >
        <Icon name="again" size={13} />
      </button>
    </div>
  );
}

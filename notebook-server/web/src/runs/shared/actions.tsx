/** What can be done with a run or a task: resume it, open it as a notebook. */
import { signal, useSignal } from "@preact/signals";
import { address, post } from "../../api/client.ts";
import { pathspec, runParameters, stopRun, type TaskName } from "../../api/runs.ts";
import type { OpenedTask, Resumed, ResumeHow } from "../../api/types.ts";
import { Ask } from "../../parts/ask.tsx";
import { Icon } from "../../parts/icon.tsx";
import { go, to } from "../../router.ts";
import { tell, tellProblem } from "../../state/toasts.ts";
import { ParametersForm } from "./parameters-form.tsx";

/** What is under way: a second press must not do it twice. */
const busy = signal<string | null>(null);

async function once(name: string, act: () => Promise<void>): Promise<void> {
  if (busy.peek()) return;
  busy.value = name;
  try {
    await act();
  } catch (error) {
    tellProblem(error);
  }
  busy.value = null;
}

const DONE: Record<ResumeHow, string> = {
  resume: "Resumed",
  continue: "It goes on",
  again: "Started again",
};

/** Starts the run again in one of three ways, and goes to what was started. */
export function resume(flow: string, run: string, how: ResumeHow): Promise<void> {
  return once(how, async () => arrive(flow, await startAgain(flow, run, how, {}), DONE[how]));
}

function startAgain(
  flow: string,
  run: string,
  how: ResumeHow,
  parameters: Record<string, string>,
): Promise<Resumed> {
  return post<Resumed>(address("runs", flow, run, "resume"), { how, parameters });
}

/** Goes to what was started. */
export function arrive(flow: string, started: Resumed, done: string): void {
  if (started.run === null) {
    tell(
      `Started; its run is here when its first task has. What it prints is in ${started.output}`,
    );
    go(to("runs", flow));
    return;
  }
  tell(`${done}: ${started.run}`);
  go(to("runs", flow, started.run));
}

/** Writes a task as a notebook, its inputs loaded, its body in a cell, and goes there. */
export function openAsNotebook(name: TaskName): Promise<void> {
  return once("open", async () => {
    const { path } = await post<OpenedTask>(address("tasks", "open"), { pathspec: pathspec(name) });
    tell(`Wrote ${path}`);
    go(to("notebooks", ...path.split("/")));
  });
}

const WAYS: Record<ResumeHow, { title: string; tip: string }> = {
  resume: { title: "Resume", tip: "A new run with today's code, which takes what is still valid" },
  continue: { title: "Continue", tip: "The same run goes on: its owner is gone" },
  again: { title: "Run again", tip: "A new run by the same command line" },
};

/** Runs it again with other parameters. */
export function AgainWithButton({ flow, run, name }: { flow: string; run: string; name: string }) {
  const open = useSignal(false);
  return (
    <>
      <button
        type="button"
        class="btn"
        title="A new run with other parameters"
        onClick={() => {
          open.value = true;
        }}
      >
        Run with…
      </button>
      {open.value && (
        <ParametersForm
          title={`Run ${name} again`}
          text="A new run by the same command line, with what you change here."
          verb="Run"
          about={`${flow}/${run}`}
          load={(signal) => runParameters(flow, run, signal)}
          start={async ({ parameters }) =>
            arrive(flow, await startAgain(flow, run, "again", parameters), DONE.again)
          }
          close={() => {
            open.value = false;
          }}
        />
      )}
    </>
  );
}

/** Stops a run that goes on, when that is meant. */
export function StopButton({ flow, run }: { flow: string; run: string }) {
  const asked = useSignal(false);
  return (
    <>
      <button
        type="button"
        class="btn"
        onClick={() => {
          asked.value = true;
        }}
      >
        <Icon name="stop" size={12} /> Stop
      </button>
      {asked.value && (
        <Ask
          title="Stop the run?"
          text="Its tasks end, and it counts as cancelled. What is finished stays: `Resume` takes it."
          verb="Stop the run"
          act={async () => {
            await stopRun(flow, run);
            tell("The run was told to end");
          }}
          close={() => {
            asked.value = false;
          }}
        />
      )}
    </>
  );
}

interface ResumeProps {
  flow: string;
  run: string;
  how: ResumeHow;
  isPrimary?: boolean;
}

export function ResumeButton({ flow, run, how, isPrimary = false }: ResumeProps) {
  const { title, tip } = WAYS[how];
  return (
    <button
      type="button"
      class={`btn ${isPrimary ? "primary" : ""}`}
      disabled={busy.value !== null}
      title={tip}
      onClick={() => void resume(flow, run, how)}
    >
      <Icon name="resume" size={12} />
      {busy.value === how ? "Starting…" : title}
    </button>
  );
}

export function OpenButton({ name, title }: { name: TaskName; title: string }) {
  return (
    <button
      type="button"
      class="btn"
      disabled={busy.value === "open"}
      title="Write it as a notebook: inputs loaded, the step's body in a cell"
      onClick={() => void openAsNotebook(name)}
    >
      <Icon name="notebook" size={13} />
      {busy.value === "open" ? "Writing…" : title}
    </button>
  );
}

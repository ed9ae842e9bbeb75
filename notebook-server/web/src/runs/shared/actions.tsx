/** What can be done with a run or a task: resume it, open it as a notebook. */
import { signal } from "@preact/signals";
import { address, post } from "../../api/client.ts";
import { pathspec, type TaskName } from "../../api/runs.ts";
import type { Opened, Resumed } from "../../api/types.ts";
import { copy } from "../../parts/copy.tsx";
import { Icon } from "../../parts/icon.tsx";
import { go, to } from "../../router.ts";
import { tell, tellProblem } from "../../state/toasts.ts";

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

/** Runs the flow again, taking what is still valid, and goes to the new run. */
export function resume(flow: string, run: string): Promise<void> {
  return once("resume", async () => {
    const started = await post<Resumed>(address("runs", flow, run, "resume"), {});
    tell(`Resumed as ${started.run}`);
    go(to("runs", flow, started.run));
  });
}

/** Writes a task as a notebook, its inputs loaded, its body in a cell. */
export function openAsNotebook(name: TaskName): Promise<void> {
  return once("open", async () => {
    const { path } = await post<Opened>(address("tasks", "open"), { pathspec: pathspec(name) });
    await copy(path, "the path");
    tell(`Wrote ${path} (its path is copied)`);
  });
}

interface ResumeProps {
  flow: string;
  run: string;
  isPrimary: boolean;
  title: string;
}

export function ResumeButton({ flow, run, isPrimary, title }: ResumeProps) {
  return (
    <button
      type="button"
      class={`btn ${isPrimary ? "primary" : ""}`}
      disabled={busy.value === "resume"}
      title="Run it again with today's code, taking what is still valid"
      onClick={() => void resume(flow, run)}
    >
      <Icon name="resume" size={12} />
      {busy.value === "resume" ? "Starting…" : title}
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

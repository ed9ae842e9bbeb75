/** "Run as flow…": the notebook as it is saved, from top to bottom, as a run of its own. */
import { useSignal } from "@preact/signals";
import { notebookParameters, runNotebook } from "../../api/runs.ts";
import { useCommands } from "../../frame/commands.ts";
import { Icon } from "../../parts/icon.tsx";
import { arrive } from "../../runs/shared/actions.tsx";
import { ParametersForm } from "../../runs/shared/parameters-form.tsx";
import type { Desk } from "../model/desk.ts";

export function RunAsFlow({ desk }: { desk: Desk }) {
  const open = useSignal(false);
  const { path } = desk.notebook;
  const ask = async () => {
    // What is run is the file: it has what was typed.
    await desk.save();
    open.value = true;
  };
  useCommands(
    [{ id: "run-as-flow", group: "Notebook", title: "Run as flow…", run: () => void ask() }],
    path,
  );
  return (
    <>
      <button
        type="button"
        class="btn hide-narrow"
        title="A run of the saved notebook, from top to bottom, that goes on without this page"
        onClick={() => void ask()}
      >
        <Icon name="forward" size={12} /> Run as flow…
      </button>
      {open.value && (
        <ParametersForm
          title="Run as flow"
          text={`${path} runs from top to bottom in a process of its own. What is open here stays as it is.`}
          verb="Run"
          about={path}
          load={(signal) => notebookParameters(path, signal)}
          more
          start={async (filled) =>
            arrive("Notebook", await runNotebook({ path, ...filled }), "Started")
          }
          close={() => {
            open.value = false;
          }}
        />
      )}
    </>
  );
}

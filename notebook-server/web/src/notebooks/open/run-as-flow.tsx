/** "Run as flow…": the notebook as it is saved, from top to bottom, as a run of its own. */
import { notebookParameters, runNotebook } from "../../api/runs.ts";
import { arrive } from "../../runs/shared/actions.tsx";
import { ParametersForm } from "../../runs/shared/parameters-form.tsx";
import type { Desk } from "../model/desk.ts";

export function RunAsFlow({ desk, close }: { desk: Desk; close: () => void }) {
  const { path } = desk.notebook;
  return (
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
      close={close}
    />
  );
}

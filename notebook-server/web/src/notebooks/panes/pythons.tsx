/** Which Python the cells of a notebook run in: chosen from those that there are. */
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { NotebookPython, NotebookPythons } from "../../api/notebook.ts";
import { asProblem, type ProblemText } from "../../api/problem.ts";
import { useResource } from "../../api/resource.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { ProblemNote, Skeleton } from "../../parts/notice.tsx";
import { choosePython, readPythons } from "./server.ts";

interface Props {
  path: string;
  /** One was chosen. */
  chosen: () => void;
  close: () => void;
}

export function PythonsDialog({ path, chosen, close }: Props) {
  const found = useResource(path, (signal) => readPythons(path, signal));
  const told = found.value.value;
  return (
    <Dialog title="Python of this notebook" close={close}>
      {found.problem.value && <ProblemNote problem={found.problem.value} again={found.refresh} />}
      {!told && !found.problem.value && <Skeleton label="looking for Pythons" />}
      {told && <Choice path={path} told={told} chosen={chosen} close={close} />}
    </Dialog>
  );
}

function Choice({ path, told, chosen, close }: Props & { told: NotebookPythons }) {
  const wanted = useSignal(told.chosen);
  const other = useSignal("");
  const problem = useSignal<ProblemText | null>(null);
  const isBusy = useSignal(false);
  const python = other.value.trim() || wanted.value;
  const choose = async (event: Event) => {
    event.preventDefault();
    isBusy.value = true;
    try {
      await choosePython(path, python === told.usual ? null : python);
      chosen();
      close();
    } catch (error) {
      problem.value = asProblem(error);
    }
    isBusy.value = false;
  };
  const id = useId();
  return (
    <form onSubmit={choose}>
      <p class="dim">
        The notebook's kernel ends, and the next cell begins one with the Python that you choose.
        Results that were computed can be restored.
      </p>
      <fieldset class="pythons">
        <legend class="aloud">Pythons</legend>
        {told.pythons.map((one) => (
          <One
            key={one.executable}
            one={one}
            isUsual={one.executable === told.usual}
            isChosen={!other.value.trim() && wanted.value === one.executable}
            choose={() => {
              other.value = "";
              wanted.value = one.executable;
            }}
          />
        ))}
      </fieldset>
      <label class="another" for={id}>
        Another
        <input
          id={id}
          type="text"
          class="field"
          placeholder="/home/ana/project/.venv/bin/python"
          value={other.value}
          onInput={(event) => {
            other.value = event.currentTarget.value;
          }}
        />
      </label>
      {problem.value && <ProblemNote problem={problem.value} />}
      <div class="line dialog-buttons">
        <span class="grow" />
        <button type="button" class="btn" onClick={close}>
          Close
        </button>
        <button type="submit" class="btn primary" disabled={isBusy.value || python === told.chosen}>
          {isBusy.value ? "Choosing…" : "Use it"}
        </button>
      </div>
    </form>
  );
}

interface OneProps {
  one: NotebookPython;
  isUsual: boolean;
  isChosen: boolean;
  choose: () => void;
}

function One({ one, isUsual, isChosen, choose }: OneProps) {
  const name = one.environment?.split("/").slice(-2).join("/") ?? "Python";
  return (
    <label class="python">
      <input
        type="radio"
        name="python"
        checked={isChosen}
        disabled={one.problem !== null}
        onChange={choose}
      />
      <span class="grow">
        <span>
          {name} <span class="faint">{one.version}</span>
          {isUsual && <span class="faint"> · the server's</span>}
        </span>
        <code class="cut">{one.executable}</code>
        {one.problem && <span class="dim">{one.problem}</span>}
      </span>
    </label>
  );
}

/** A question with at most one line to type, and what happens when it is answered. */
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { asProblem, type ProblemText } from "../api/problem.ts";
import { Dialog } from "./dialog.tsx";
import { ProblemNote } from "./notice.tsx";
import { Words } from "./words.tsx";

interface Props {
  title: string;
  text?: string;
  /** The line's label; without it nothing is typed. */
  field?: string;
  value?: string;
  /** Nothing may be typed, too. */
  isOptional?: boolean;
  verb: string;
  act: (value: string) => unknown;
  close: () => void;
}

export function Ask({ title, text, field, value = "", isOptional, verb, act, close }: Props) {
  const typed = useSignal(value);
  const problem = useSignal<ProblemText | null>(null);
  const isBusy = useSignal(false);
  const line = useRef<HTMLInputElement>(null);
  const yes = useRef<HTMLButtonElement>(null);

  useLayoutEffect(() => {
    // The name without its folders and ending is what one types over.
    const input = line.current;
    if (!input) {
      yes.current?.focus();
      return;
    }
    input.focus();
    const from = value.lastIndexOf("/") + 1;
    const to = value.lastIndexOf(".");
    input.setSelectionRange(from, to > from ? to : value.length);
  }, []);

  const submit = async (event: Event) => {
    event.preventDefault();
    isBusy.value = true;
    try {
      await act(typed.peek().trim());
      close();
    } catch (error) {
      problem.value = asProblem(error);
    }
    isBusy.value = false;
  };
  return (
    <Dialog title={title} close={close}>
      <form class="stack" onSubmit={submit}>
        {text && (
          <p>
            <Words text={text} />
          </p>
        )}
        {field && (
          <label class="stack">
            <span class="dim">{field}</span>
            <input
              ref={line}
              class="field"
              spellcheck={false}
              required={!isOptional}
              value={typed.value}
              onInput={(event) => {
                typed.value = event.currentTarget.value;
              }}
            />
          </label>
        )}
        {problem.value && <ProblemNote problem={problem.value} />}
        <div class="line dialog-buttons">
          <span class="grow" />
          <button type="button" class="btn" onClick={close}>
            Cancel
          </button>
          <button ref={yes} type="submit" class="btn primary" disabled={isBusy.value}>
            {verb}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** The line that a cell waits for: `input()`. */
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import type { Desk } from "../model/desk.ts";

interface Props {
  desk: Desk;
  prompt: string;
  password: boolean;
}

export function InputLine({ desk, prompt, password }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    field.current?.focus();
  }, []);
  return (
    <form
      class="input-line"
      onSubmit={(event) => {
        event.preventDefault();
        void desk.answer(field.current?.value ?? "");
      }}
    >
      <label class="line" for={id}>
        <span>{prompt || "The cell asks for a line:"}</span>
        {password ? (
          <input id={id} ref={field} class="field" type="password" autocomplete="off" />
        ) : (
          <input
            id={id}
            ref={field}
            class="field"
            type="text"
            autocomplete="off"
            spellcheck={false}
          />
        )}
      </label>
      <button type="submit" class="btn small">
        Enter
      </button>
    </form>
  );
}

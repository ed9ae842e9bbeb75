/** An output that needs scripts: a window into the sandbox, or what shows without. */
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Desk } from "../model/desk.ts";
import type { Said } from "./sandbox/sandbox.ts";

interface Props {
  desk: Desk;
  output: number;
  label: string;
}

/** A window into the sandbox. */
export function Scripted({ desk, output, label }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const { sandbox } = desk;
  const height = sandbox.heights.value.get(output) ?? 0;
  const said = sandbox.said.value;
  useLayoutEffect(() => {
    return box.current ? sandbox.place(output, box.current) : undefined;
  }, [sandbox, output]);
  return (
    <>
      <div
        ref={box}
        class="scripted"
        style={{ height: `${height}px` }}
        tabIndex={0}
        role="group"
        aria-label={`${label}, with scripts: Enter goes into it, Escape leaves it`}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.target !== box.current) return;
          event.preventDefault();
          event.stopPropagation();
          sandbox.enter(output);
        }}
      />
      {[...(said.get(output) ?? []), ...(said.get(null) ?? [])].map((one) => (
        <Trouble key={one.text} said={one} />
      ))}
    </>
  );
}

function Trouble({ said }: { said: Said }) {
  switch (said.trouble) {
    case "blocked":
      return (
        <p class="note">
          Outputs have no network: {said.text} was not fetched. Put it into the output itself.
        </p>
      );
    case "missing":
      return <p class="note">{said.text}</p>;
    case "failed":
      return <p class="note tone-fail">The output's script failed: {said.text}</p>;
  }
}

/** Says that scripts don't run, and how they would. */
export function Untrusted({ desk, what }: { desk: Desk; what: string }) {
  return (
    <p class="note line">
      <span>
        Scripts of outputs that were made elsewhere do not run: {what} is shown without. Run the
        cell, or
      </span>
      <button
        type="button"
        class="text-button"
        onClick={() => {
          desk.asking.value = "trust";
        }}
      >
        trust this notebook
      </button>
    </p>
  );
}

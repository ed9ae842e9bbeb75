/** A nested result: a tree that folds, or the text that Python makes of it. */
import { signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { count } from "../../format/format.ts";
import { copy } from "../../parts/copy.tsx";
import { Tree, treeState } from "../../parts/tree.tsx";
import { tell } from "../../state/toasts.ts";
import type { Bundle } from "../protocol/types.ts";
import { useKept } from "./kept.ts";
import { type NestedValue, nestedValue } from "./nested-value.ts";
import { Plain } from "./plain.tsx";

const NONE: ReadonlySet<string> = new Set();

interface Props {
  value: unknown;
  metadata: Bundle;
  /** The value as text; null when there is none. */
  text: string | null;
  name: string;
}

export function Nested({ value, metadata, text, name }: Props) {
  const state = useKept("tree", treeState);
  const isText = useKept("as text", () => signal(false));
  const about = useMemo(() => nestedValue(metadata), [metadata]);
  if (isText.value && about && text !== null) {
    return (
      <>
        <Plain text={text} />
        <Note about={about} text={text} isText={isText} />
      </>
    );
  }
  return (
    <>
      <div class="look">
        <Tree
          value={value}
          label={`${about?.type ?? "Data"} of ${name}`}
          state={state}
          written={about?.written ?? NONE}
        />
      </div>
      {about && text !== null && <Note about={about} text={text} isText={isText} />}
    </>
  );
}

interface NoteProps {
  about: NestedValue;
  text: string;
  isText: { value: boolean };
}

function Note({ about, text, isText }: NoteProps) {
  return (
    <p class="note line">
      <span>
        {about.type} of {count(about.items, "item")}
      </span>
      <button
        type="button"
        class="text-button"
        onClick={() => {
          isText.value = !isText.value;
        }}
      >
        {isText.value ? "Show as a tree" : "Show as text"}
      </button>
      <button
        type="button"
        class="text-button"
        onClick={() => void copy(text, "the text").then((done) => done && tell("Copied the text"))}
      >
        copy
      </button>
    </p>
  );
}

/** Above a grid: search, what is filtered, copy. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { MenuButton } from "../parts/menu.tsx";
import { Search } from "../parts/search.tsx";
import type { Form } from "./copy.ts";
import type { GridModel } from "./model.ts";

interface Props {
  model: GridModel;
  take: (form: Form) => void;
  children?: ComponentChildren;
}

const FORMS: Form[] = ["CSV", "TSV", "Markdown"];

export function GridBar({ model, take, children }: Props) {
  const text = useSignal(model.search.peek());
  // Whoever types rests now and then.
  useEffect(() => {
    const timer = setTimeout(() => model.searchFor(text.value), 300);
    return () => clearTimeout(timer);
  }, [text.value]);
  const filters = Object.entries(model.typed.value);
  return (
    <div class="grid-bar">
      <Search
        label="Search all columns"
        text={text}
        keydown={(event) => {
          event.stopPropagation();
          if (event.key === "Enter") model.searchFor(text.peek());
        }}
      />
      {filters.map(([column, typed]) => (
        <span key={column} class="chip">
          <span class="cut">
            {column} {typed}
          </span>
          <button
            type="button"
            aria-label={`Take the filter of ${column} away`}
            onClick={() => model.filterBy(column, "")}
          >
            ×
          </button>
        </span>
      ))}
      <span class="grow" />
      {children}
      <MenuButton
        class="btn small"
        label="Copy"
        align="right"
        items={() =>
          FORMS.map((form) => ({ id: form, title: `Copy as ${form}`, run: () => take(form) }))
        }
      >
        Copy
      </MenuButton>
    </div>
  );
}

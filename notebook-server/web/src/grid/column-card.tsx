/** A column's card: sort, filter, and what it is made of. */
import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { TableColumn } from "../api/types.ts";
import { Icon } from "../parts/icon.tsx";
import { condition } from "./filter.ts";
import type { GridModel } from "./model.ts";
import { WholeSummary } from "./summary.tsx";

interface Props {
  model: GridModel;
  column: TableColumn;
  /** The head that it belongs to. */
  at: DOMRect;
  close: () => void;
}

export function ColumnCard({ model, column, at, close }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const typed = useSignal(model.typed.peek()[column.name] ?? "");
  const sort = model.sort.value?.column === column.name ? model.sort.value : null;
  const found = condition(typed.value, column);
  const problem = found && "problem" in found ? found.problem : null;

  useEffect(() => model.sumUp([column.name]), [column.name]);
  // In the top layer: no box that scrolls cuts it off.
  useLayoutEffect(() => {
    const card = box.current;
    if (!card) return;
    card.showPopover?.();
    const { width, height } = card.getBoundingClientRect();
    card.style.left = `${Math.max(4, Math.min(at.left, innerWidth - width - 4))}px`;
    card.style.top = `${Math.max(4, Math.min(at.bottom + 2, innerHeight - height - 4))}px`;
    card.querySelector("input")?.focus();
  }, []);
  useEffect(() => {
    const outside = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) close();
    };
    document.addEventListener("pointerdown", outside, true);
    return () => document.removeEventListener("pointerdown", outside, true);
  }, []);

  const apply = () => {
    if (problem) return;
    model.filterBy(column.name, typed.peek());
    close();
  };
  const order = (down: boolean) => {
    model.sortBy(sort?.down === down ? null : { column: column.name, down });
    close();
  };
  return (
    <div
      ref={box}
      class="column-card"
      role="dialog"
      aria-label={`Column ${column.name}`}
      popover="manual"
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape") close();
      }}
    >
      <header>
        <h3 title={column.name}>{column.name}</h3>
        <span class="faint mono">{column.type}</span>
        <button type="button" class="btn quiet icon small" aria-label="Close" onClick={close}>
          <Icon name="close" size={13} />
        </button>
      </header>
      <div class="line">
        <button
          type="button"
          class="btn small"
          aria-pressed={sort?.down === false}
          onClick={() => order(false)}
        >
          ↑ Sort up
        </button>
        <button
          type="button"
          class="btn small"
          aria-pressed={sort?.down === true}
          onClick={() => order(true)}
        >
          ↓ Sort down
        </button>
      </div>
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault();
          apply();
        }}
      >
        <input
          class="field grow"
          aria-label={`Filter ${column.name}`}
          aria-invalid={problem !== null}
          placeholder={
            column.kind === "number" ? "5, > 5, 1..5, !null" : "has this text, = a, !null"
          }
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
        />
        <button type="submit" class="btn small">
          Filter
        </button>
      </form>
      {problem && (
        <p class="problem-line" role="alert">
          {problem}
        </p>
      )}
      <WholeSummary column={column} of={model.summaries.value[column.name]!} />
    </div>
  );
}

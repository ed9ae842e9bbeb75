/** The heads of the columns that are seen: sort, size, and what they are made of in short. */
import type { TableColumn } from "../api/types.ts";
import type { GridModel } from "./model.ts";
import { ShortSummary } from "./summary.tsx";

interface Props {
  id: string;
  model: GridModel;
  column: TableColumn;
  place: number;
  width: number;
  isActive: boolean;
  open: (at: DOMRect) => void;
  resize: (width: number) => void;
}

/** No column is narrower, or wider. */
const LEAST = 48;
const MOST = 1200;

export function Head(props: Props) {
  const { id, model, column, place, width, isActive, open, resize } = props;
  const sort = model.sort.value?.column === column.name ? model.sort.value : null;
  const isFiltered = column.name in model.typed.value;
  const drag = (event: PointerEvent) => {
    event.preventDefault();
    event.stopPropagation();
    const handle = event.currentTarget as HTMLElement;
    handle.setPointerCapture(event.pointerId);
    const from = event.clientX;
    const move = (moved: PointerEvent) =>
      resize(Math.max(LEAST, Math.min(MOST, width + moved.clientX - from)));
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", () =>
      handle.removeEventListener("pointermove", move),
    );
  };
  return (
    <div
      id={id}
      role="columnheader"
      class={`head ${column.kind === "number" ? "right" : ""} ${isActive ? "active" : ""}`}
      style={{ width: `${width}px` }}
      aria-colindex={place + 2}
      aria-sort={sort ? (sort.down ? "descending" : "ascending") : "none"}
      title={`${column.name}: ${column.type}. Click to sort`}
      onClick={() => model.turn(column.name)}
    >
      <span class="name">
        <span class="cut">{column.name}</span>
        {sort && <span aria-hidden="true">{sort.down ? "↓" : "↑"}</span>}
        {isFiltered && (
          <span class="mark" title={`filtered: ${model.typed.value[column.name]}`}>
            filtered
          </span>
        )}
      </span>
      <ShortSummary of={model.summaries.value[column.name]} />
      <button
        type="button"
        class="more"
        tabIndex={-1}
        aria-label={`Filter and summary of ${column.name}`}
        onClick={(event) => {
          event.stopPropagation();
          open((event.currentTarget.parentElement as HTMLElement).getBoundingClientRect());
        }}
      >
        ⋯
      </button>
      <span
        class="handle"
        aria-hidden="true"
        onPointerDown={drag}
        onClick={(event) => event.stopPropagation()}
      />
    </div>
  );
}

/**
 * A table that a cell showed: all of its rows in a grid, as long as the kernel or the record has
 * them; its beginning, as the output stores it, while or when they can't be had.
 */
import { signal, useComputed, useSignal } from "@preact/signals";
import type { ComponentChildren, ComponentType } from "preact";
import { useEffect, useLayoutEffect, useMemo } from "preact/hooks";
import { asProblem, Problem } from "../../api/problem.ts";
import type { TableSource } from "../../api/types.ts";
import { count } from "../../format/format.ts";
import { GridModel } from "../../grid/model.ts";
import { Words } from "../../parts/words.tsx";
import type { Desk } from "../model/desk.ts";
import type { FrameGridProps } from "./frame-grid.tsx";
import { useKept } from "./kept.ts";
import type { ShownTable } from "./shown-table.ts";

/** More cells than these are opened when somebody asks: their kernel may have to write them. */
const MANY = 4_000_000;

interface Props {
  desk: Desk;
  cell: string;
  table: ShownTable;
  label: string;
  isRunning: boolean;
  /** What is stored of it. */
  children: ComponentChildren;
}

/** Whether the kernel that runs made it: nobody is asked for what may be gone. */
function isLive(desk: Desk, cell: string): boolean {
  const status = desk.notebook.cell(cell).value?.status;
  if (desk.notebook.of("session") === null || !status) return false;
  if (status.status === "stale") return status.why.because !== "lost";
  return status.status === "running" || (status.status === "fresh" && !status.reused);
}

export function Frame({ desk, cell, table, label, isRunning, children }: Props) {
  const { name, rows, columns } = table;
  const isOpen = useKept("opened", () => signal(false));
  const isAtHand = useComputed(() => rows * columns <= MANY && isLive(desk, cell)).value;
  const Grid = useSignal<ComponentType<FrameGridProps> | null>(null);
  const lost = useSignal<Problem | null>(null);
  const source = useMemo<TableSource>(
    () => ({ kind: "frame", notebook: desk.notebook.path, cell, name }),
    [desk, cell, name],
  );
  const tries = useSignal(0);
  const model = useKept(`grid of ${name}`, () => new GridModel(source));
  const isReady = useSignal(false);
  const isIdle = desk.notebook.of("isIdle");
  const wanted = isOpen.value && isReady.value && !isRunning;

  // What was opened stays open when its kernel goes: the record may have the rows.
  useLayoutEffect(() => {
    if (isAtHand) isOpen.value = true;
  }, [isAtHand]);

  // A kernel gives rows away while it runs nothing: unasked, nobody is told to wait for it.
  useEffect(() => {
    if (isRunning) isReady.value = false;
    else if (isIdle || tries.value > 0) isReady.value = true;
  }, [isRunning, isIdle, tries.value]);

  useEffect(() => {
    if (!wanted) return;
    lost.value = null;
    void model.open();
    import("./frame-grid.tsx").then(
      (module) => {
        Grid.value = module.FrameGrid;
      },
      (error: unknown) => {
        lost.value = new Problem(asProblem(error), 0);
      },
    );
  }, [model, wanted, tries.value]);
  useEffect(() => () => model.close(), [model]);

  // Rows that were there and aren't any more: their kernel went.
  const problem = model.problem.value;
  const isGone = problem instanceof Problem && problem.status === 404;
  const why = lost.value ?? (isGone || !model.info.value ? problem : null);
  const Shown = Grid.value;
  if (isOpen.value && Shown && model.info.value && !why) {
    return <Shown desk={desk} cell={cell} name={name} label={label} model={model} />;
  }
  const open = () => {
    isOpen.value = true;
    // Asked for anew, whatever was known.
    model.close();
    model.info.value = null;
    tries.value += 1;
  };
  return (
    <>
      {children}
      {wanted && why ? (
        <p class="note line frame-note">
          <span>
            This is what the notebook stores: <Words text={why.what} />.
            {why.hint && (
              <>
                {" "}
                To see all: <Words text={why.hint} />.
              </>
            )}
          </span>
          <button type="button" class="text-button" onClick={open}>
            try again
          </button>
        </p>
      ) : (
        !isOpen.value &&
        !isRunning && (
          <p class="note line frame-note">
            <button type="button" class="text-button" onClick={open}>
              Open all {count(rows, "row")}
            </button>
          </p>
        )
      )}
    </>
  );
}

/**
 * When each task ran: a row a task, its attempts as bars, what was reused as a diamond.
 *
 * All numbers are here at once (the heat), so sorting and narrowing 10,000 rows is instant; the
 * names of the rows come a page at a time.
 */
import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { TaskRow, TaskState } from "../../api/types.ts";
import { count, duration, number } from "../../format/format.ts";
import { focusIn } from "../../parts/focus.ts";
import { useTicking } from "../../parts/now.ts";
import { nextIndex } from "../../parts/roving.ts";
import { Glyph, stateTone, stateWord } from "../../parts/state.tsx";
import { Virtual, type VirtualHandle } from "../../parts/virtual.tsx";
import { toggle } from "../list/filter.ts";
import { type Scale, scaleOf, ticks } from "./bars.ts";
import { counts, type Order, select, stateAt, type Tasks } from "./heat.ts";
import type { RunModel } from "./model.ts";
import { keyOf, TimeRow } from "./time-row.tsx";

const ROW = 26;
const MOST_ROWS = 13;

interface Props {
  model: RunModel;
  /** The step that it is narrowed to. */
  step: string | null;
  clearStep: () => void;
  /** `step/task` of the chosen row. */
  chosen: string | null;
  choose: (task: TaskRow) => void;
  open: (task: TaskRow) => void;
}

export function Timeline({ model, step, clearStep, chosen, choose, open }: Props) {
  const tasks = model.tasks.value!;
  const order = useSignal<Order>("graph");
  const states = useSignal<TaskState[]>([]);
  const tick = useSignal(0);
  useTicking(model.isLive, () => {
    tick.value += 1;
  });

  const range = step ? model.ranges.value.find((one) => one.step === step) : undefined;
  const [from, to] = step ? [range?.from ?? 0, range?.to ?? 0] : [0, tasks.total];
  const shown = useMemo(
    () => select(tasks, from, to, states.value, order.value),
    [tasks, from, to, states.value, order.value],
  );
  const tally = useMemo(() => counts(tasks, from, Math.min(to, tasks.total)), [tasks, from, to]);
  // Read so that running bars grow.
  void tick.value;
  const nowMs = model.elapsedNow();
  const scale = scaleOf(tasks, shown, nowMs, step !== null);

  return (
    <section class="timeline" aria-label="Timeline">
      <div class="line wrap bar-head">
        <h2 class="heading">Timeline</h2>
        <span class="dim num">{count(shown.length, "task")}</span>
        {step && (
          <span class="chip">
            <span class="cut">step: {step}</span>
            <button type="button" aria-label="Show all steps" onClick={clearStep}>
              ×
            </button>
          </span>
        )}
        <span class="line wrap" role="group" aria-label="Show tasks that are">
          {[...tally]
            .filter(
              ([state, amount]) =>
                amount > 0 && (amount < to - from || states.value.includes(state)),
            )
            .map(([state, amount]) => (
              <button
                key={state}
                type="button"
                class="chip"
                aria-pressed={states.value.includes(state)}
                onClick={() => {
                  states.value = toggle(states.value, state);
                }}
              >
                <span class={`line tone-${stateTone(state)}`}>
                  <Glyph state={state} size={10} />
                </span>
                {number(amount)} {stateWord(state)}
              </button>
            ))}
        </span>
        <span class="grow" />
        <select
          class="field"
          aria-label="Order of the tasks"
          value={order.value}
          onChange={(event) => {
            order.value = event.currentTarget.value as Order;
          }}
        >
          <option value="graph">in the flow's order</option>
          <option value="start">by start</option>
          <option value="longest">longest first</option>
        </select>
      </div>
      <Axis scale={scale} />
      <Rows
        model={model}
        tasks={tasks}
        shown={shown}
        order={order.value}
        scale={scale}
        nowMs={nowMs}
        chosen={chosen}
        choose={choose}
        open={open}
      />
    </section>
  );
}

function Axis({ scale }: { scale: Scale }) {
  return (
    <div class="axis" aria-hidden="true">
      <div class="ticks">
        {ticks(scale).map((ms) => (
          <Tick key={ms} at={(100 * (ms - scale.from)) / scale.span}>
            {ms === 0 ? "0" : duration(ms)}
          </Tick>
        ))}
      </div>
    </div>
  );
}

/** A time on the axis; one near its end has no room for its words where the page is narrow. */
function Tick({ at, children }: { at: number; children: string }) {
  return (
    <span class={at > 80 ? "late" : undefined} style={{ left: `${at}%` }}>
      {children}
    </span>
  );
}

interface RowsProps {
  model: RunModel;
  tasks: Tasks;
  shown: Uint32Array;
  order: Order;
  scale: Scale;
  nowMs: number;
  chosen: string | null;
  choose: (task: TaskRow) => void;
  open: (task: TaskRow) => void;
}

function Rows({ model, tasks, shown, order, scale, nowMs, chosen, choose, open }: RowsProps) {
  const at = useSignal(0);
  const seen = useSignal<[number, number]>([0, 0]);
  const list = useRef<VirtualHandle>(null);
  const box = useRef<HTMLDivElement>(null);
  const version = model.rows.version.value;

  useEffect(() => {
    const [first, last] = seen.value;
    model.rows.want(shown.subarray(first, last + 1));
  }, [seen.value, shown, version]);

  // What is chosen for the reader (the first failure) is brought into sight, once.
  const revealed = useRef(false);
  useEffect(() => {
    if (revealed.current || chosen === null || shown.length === 0) return;
    const row = rowOf(model, tasks, shown, chosen);
    if (row === null) return;
    revealed.current = true;
    at.value = row;
    list.current?.reveal(row);
  }, [chosen, shown, version]);

  // In another order, the first is what one wants to see.
  const ordered = useRef(order);
  useEffect(() => {
    if (ordered.current === order) return;
    ordered.current = order;
    revealed.current = true;
    at.value = 0;
    list.current?.reveal(0);
  }, [order]);

  const activeIndex = Math.min(at.value, Math.max(0, shown.length - 1));
  const keydown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const task = model.rows.at(shown[activeIndex] ?? -1);
    if (event.key === "Enter" && task) {
      event.preventDefault();
      if (keyOf(task) === chosen) open(task);
      else choose(task);
      return;
    }
    if (event.key === " " && task) {
      event.preventDefault();
      choose(task);
      return;
    }
    const next = nextIndex(event.key, activeIndex, shown.length, "vertical", MOST_ROWS);
    if (next === null) return;
    event.preventDefault();
    at.value = next;
    list.current?.reveal(next);
    focusIn(box.current, `[data-row="${next}"]`);
  };

  const height = Math.max(1, Math.min(MOST_ROWS, shown.length)) * ROW;
  return (
    <div ref={box} onKeyDown={keydown}>
      <Virtual
        rows={shown.length}
        rowHeight={ROW}
        handle={list}
        outer={{
          class: "time-rows",
          role: "listbox",
          "aria-label": "Tasks",
          tabIndex: -1,
          style: { height: `${height}px` },
        }}
        seen={(first, last) => {
          const [a, b] = seen.peek();
          if (a !== first || b !== last) seen.value = [first, last];
        }}
      >
        {(row) => {
          const index = shown[row]!;
          return (
            <TimeRow
              key={index}
              row={row}
              amount={shown.length}
              task={model.rows.at(index)}
              tasks={tasks}
              index={index}
              startedAt={model.detail.value!.row.started_at}
              fallback={() => labelOf(model, index)}
              scale={scale}
              nowMs={nowMs}
              isAt={row === activeIndex}
              chosen={chosen}
              choose={(task) => {
                at.value = row;
                choose(task);
              }}
              open={open}
              enter={() => {
                at.value = row;
              }}
            />
          );
        }}
      </Virtual>
      {shown.length === 0 && <p class="dim none">No task to show yet.</p>}
    </div>
  );
}

/** The row of a task, where it is known: among those fetched, or as the first that failed. */
function rowOf(model: RunModel, tasks: Tasks, shown: Uint32Array, chosen: string): number | null {
  const failed = model.detail.peek()?.failures[0];
  const isFailed = failed !== undefined && keyOf(failed) === chosen;
  const row = shown.findIndex((index) => {
    const task = model.rows.at(index);
    return task ? keyOf(task) === chosen : isFailed && stateAt(tasks, index) === "failed";
  });
  return row < 0 ? null : row;
}

/** What a row is called until its name has come. */
function labelOf(model: RunModel, index: number): string {
  const range = model.ranges.peek().find(({ from, to }) => index >= from && index < to);
  return range ? range.step : "";
}

/** One row of the timeline: a task, its attempts as bars, what was reused as a diamond. */
import type { TaskRow } from "../../api/types.ts";
import { duration } from "../../format/format.ts";
import { Glyph, stateTone, stateWord } from "../../parts/state.tsx";
import { attemptBars, type Bar, type Scale } from "./bars.ts";
import { stateAt, type Tasks, UNKNOWN } from "./heat.ts";

/** What a task is called in an address: `train/11`. */
export function keyOf(task: TaskRow): string {
  return `${task.step}/${task.task}`;
}

interface RowProps {
  row: number;
  amount: number;
  task: TaskRow | undefined;
  tasks: Tasks;
  index: number;
  startedAt: string;
  fallback: () => string;
  scale: Scale;
  nowMs: number;
  isAt: boolean;
  chosen: string | null;
  choose: (task: TaskRow) => void;
  open: (task: TaskRow) => void;
  enter: () => void;
}

export function TimeRow(props: RowProps) {
  const { task, tasks, index, scale, nowMs } = props;
  const state = stateAt(tasks, index);
  const attempts = tasks.attempts[index] ?? 1;
  const bars = attemptBars(tasks, index, task, Date.parse(props.startedAt), nowMs);
  const elapsed = tasks.elapsed[index] ?? UNKNOWN;
  const label = task?.label ?? props.fallback();
  const isChosen = task !== undefined && keyOf(task) === props.chosen;
  const began = tasks.started[index] ?? UNKNOWN;
  const sofar = state === "running" && began !== UNKNOWN ? nowMs - began : null;
  const took = state === "reused" ? "" : duration(elapsed === UNKNOWN ? sofar : elapsed);
  return (
    <div
      class={`time-row ${isChosen ? "chosen" : ""}`}
      role="option"
      aria-selected={isChosen}
      aria-posinset={props.row + 1}
      aria-setsize={props.amount}
      data-row={props.row}
      tabIndex={props.isAt ? 0 : -1}
      onFocus={props.enter}
      onClick={() => task && props.choose(task)}
      onDblClick={() => task && props.open(task)}
      title={[label, task?.foreach_value, stateWord(state), task?.error?.message]
        .filter(Boolean)
        .join(" · ")}
    >
      <span class="label">
        <span class={`line tone-${stateTone(state)}`}>
          <Glyph state={state} size={10} />
        </span>
        <span class="cut">{label}</span>
        <span class="aloud">: {stateWord(state)}</span>
        {attempts > 1 && (
          <span class="tries" title={`${attempts} attempts`}>
            <span aria-hidden="true">↻{attempts}</span>
            <span class="aloud">, {attempts} attempts</span>
          </span>
        )}
      </span>
      <span class="lane">
        {bars.map((bar) => (
          <BarShape key={bar.from} bar={bar} scale={scale} />
        ))}
      </span>
      <span class="took">{took}</span>
    </div>
  );
}

function BarShape({ bar, scale }: { bar: Bar; scale: Scale }) {
  const left = (100 * (bar.from - scale.from)) / scale.span;
  if (bar.state === "reused") {
    return <i class="mark" style={{ left: `${Math.min(99.5, left)}%` }} />;
  }
  const width = Math.max(0, (100 * (bar.to - bar.from)) / scale.span);
  return (
    <i
      class={`bar is-${stateTone(bar.state)} ${bar.isEarlier ? "earlier" : ""}`}
      style={{ left: `${Math.min(99.7, left)}%`, width: `${Math.min(100 - left, width)}%` }}
    />
  );
}

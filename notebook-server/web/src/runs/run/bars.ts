/** The geometry of the timeline: which stretch of time is shown, and each task's bars in it. */
import type { TaskRow, TaskState } from "../../api/types.ts";
import { stateAt, type Tasks, UNKNOWN } from "./heat.ts";

/** Milliseconds since the run began. */
export interface Scale {
  from: number;
  span: number;
}

export interface Bar {
  from: number;
  to: number;
  state: TaskState;
  /** An attempt that another followed. */
  isEarlier: boolean;
}

/** The stretch that is shown: the whole run, or what the chosen tasks need of it. */
export function scaleOf(tasks: Tasks, shown: Uint32Array, nowMs: number, isFitted: boolean): Scale {
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const index of shown) {
    const began = tasks.started[index] ?? UNKNOWN;
    if (began === UNKNOWN) continue;
    const elapsed = tasks.elapsed[index] ?? UNKNOWN;
    first = Math.min(first, began);
    last = Math.max(last, elapsed === UNKNOWN ? nowMs : began + elapsed);
  }
  const from = isFitted && Number.isFinite(first) ? first : 0;
  const to = isFitted ? last : Math.max(last, nowMs);
  return { from, span: Math.max(1, to - from) };
}

/** The bars of one task: one an attempt where its row is known, else one for all of them. */
export function attemptBars(
  tasks: Tasks,
  index: number,
  task: TaskRow | undefined,
  runStart: number,
  nowMs: number,
): Bar[] {
  const state = stateAt(tasks, index);
  const began = tasks.started[index] ?? UNKNOWN;
  if (began === UNKNOWN) return [];
  const elapsed = tasks.elapsed[index] ?? UNKNOWN;
  const to = elapsed === UNKNOWN ? Math.max(began, nowMs) : began + elapsed;
  if (state === "reused") return [{ from: began, to: began, state, isEarlier: false }];
  if (!task || task.attempts.length < 2) return [{ from: began, to, state, isEarlier: false }];
  const bars: Bar[] = [];
  task.attempts.forEach((attempt, at) => {
    if (!attempt.started_at) return;
    const from = Date.parse(attempt.started_at) - runStart;
    const end = attempt.finished_at ? Date.parse(attempt.finished_at) - runStart : nowMs;
    const isEarlier = at < task.attempts.length - 1;
    bars.push({ from, to: Math.max(from, end), state: attempt.outcome, isEarlier });
  });
  return bars;
}

const STEPS = [1, 2, 5];

/** Round times to write along the axis, four to eight of them. */
export function ticks({ from, span }: Scale): number[] {
  // Seconds, minutes and hours are round in their own ways.
  const units = [1, 10, 100, 1000, 10_000, 60_000, 600_000, 3_600_000, 36_000_000];
  const sizes = units.flatMap((unit) => STEPS.map((step) => step * unit));
  const size =
    sizes.find((one) => span / one <= 7) ?? 86_400_000 * Math.ceil(span / 86_400_000 / 7);
  const found: number[] = [];
  for (let at = Math.ceil(from / size) * size; at <= from + span * 0.97; at += size) found.push(at);
  return found;
}

/** All tasks of a run at once, unpacked: how each stands, when it began, how long it took. */
import type { Heat, TaskState } from "../../api/types.ts";

/** What stands for "not yet" and "not over" in the server's numbers. */
export const UNKNOWN = 2 ** 32 - 1;

export interface Tasks {
  total: number;
  /** What each byte of `states` means. */
  legend: TaskState[];
  states: Uint8Array;
  started: Uint32Array;
  elapsed: Uint32Array;
  attempts: Uint8Array;
}

export function unpack(heat: Heat): Tasks {
  return {
    total: heat.total,
    legend: heat.legend,
    states: bytes(heat.states),
    started: numbers(bytes(heat.started_ms)),
    elapsed: numbers(bytes(heat.elapsed_ms)),
    attempts: bytes(heat.attempts),
  };
}

function bytes(base64: string): Uint8Array {
  const text = atob(base64);
  const found = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) found[at] = text.charCodeAt(at);
  return found;
}

/** Little-endian, whatever this machine's own order is. */
function numbers(raw: Uint8Array): Uint32Array {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Uint32Array.from({ length: raw.byteLength >> 2 }, (_, at) => view.getUint32(at * 4, true));
}

export function stateAt(tasks: Tasks, index: number): TaskState {
  return tasks.legend[tasks.states[index] ?? 0] ?? "queued";
}

/** What must be seen even when hundreds of tasks share a pixel: the worst first. */
const WORST: TaskState[] = [
  "failed",
  "lost",
  "interrupted",
  "cancelled",
  "running",
  "succeeded",
  "reused",
  "queued",
];

/** The tasks of a range in at most `most` cells, each of the worst state within it. */
export function cells(tasks: Tasks, from: number, to: number, most: number): TaskState[] {
  const length = Math.max(0, to - from);
  const amount = Math.min(length, most);
  const rank = tasks.legend.map((state) => WORST.indexOf(state));
  const found: TaskState[] = [];
  for (let cell = 0; cell < amount; cell += 1) {
    const first = from + Math.floor((cell * length) / amount);
    const last = from + Math.floor(((cell + 1) * length) / amount);
    let worst = tasks.states[first] ?? 0;
    for (let at = first + 1; at < last; at += 1) {
      const state = tasks.states[at] ?? 0;
      // What is queued must not hide behind what is done: a cell is done when all of it is.
      if ((rank[state] ?? 9) < (rank[worst] ?? 9)) worst = state;
    }
    found.push(tasks.legend[worst] ?? "queued");
  }
  return found;
}

/** How many tasks of a range stand in each state. */
export function counts(tasks: Tasks, from = 0, to = tasks.total): Map<TaskState, number> {
  const tally = new Array<number>(tasks.legend.length).fill(0);
  for (let at = from; at < to; at += 1) {
    const state = tasks.states[at] ?? 0;
    tally[state] = (tally[state] ?? 0) + 1;
  }
  return new Map(tasks.legend.map((state, at) => [state, tally[at] ?? 0]));
}

export type Order = "graph" | "start" | "longest";

/** Which tasks are shown, in which order: indices into `tasks`. */
export function select(
  tasks: Tasks,
  from: number,
  to: number,
  states: TaskState[],
  order: Order,
): Uint32Array {
  const wanted = new Set(states.map((state) => tasks.legend.indexOf(state)));
  const found: number[] = [];
  for (let at = from; at < Math.min(to, tasks.total); at += 1) {
    if (wanted.size === 0 || wanted.has(tasks.states[at] ?? 0)) found.push(at);
  }
  const began = (at: number) => tasks.started[at] ?? UNKNOWN;
  // What isn't over has taken longest so far, from its start on.
  const took = (at: number) => {
    const elapsed = tasks.elapsed[at] ?? UNKNOWN;
    if (elapsed !== UNKNOWN) return elapsed;
    return began(at) === UNKNOWN ? -1 : UNKNOWN - began(at);
  };
  if (order === "start") found.sort((one, other) => began(one) - began(other) || one - other);
  if (order === "longest") found.sort((one, other) => took(other) - took(one) || one - other);
  return Uint32Array.from(found);
}

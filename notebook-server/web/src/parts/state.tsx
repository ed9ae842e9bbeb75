/** A state as a shape, a word and a colour: whoever misses one of them still has two. */
import type { RunState, TaskState } from "../api/types.ts";

export type State = RunState | TaskState;
export type Tone = "fresh" | "stale" | "reused" | "run" | "fail" | "unverified" | "idle";

interface Look {
  word: string;
  tone: Tone;
  shape: preact.ComponentChildren;
}

const stroke = { fill: "none", stroke: "currentColor", "stroke-width": 1.6 } as const;
const solid = { fill: "currentColor" } as const;

/** Shapes in a box of 12 × 12, all of the same visual weight. */
const LOOKS: Record<State, Look> = {
  succeeded: { word: "done", tone: "fresh", shape: <circle cx="6" cy="6" r="4.6" {...solid} /> },
  reused: {
    word: "reused",
    tone: "reused",
    shape: <path d="M6 .8 11.2 6 6 11.2.8 6Z" {...solid} />,
  },
  failed: {
    word: "failed",
    tone: "fail",
    shape: (
      <path
        d="m2.2 2.2 7.6 7.6m0-7.6L2.2 9.8"
        {...stroke}
        stroke-width="2"
        stroke-linecap="round"
      />
    ),
  },
  running: {
    word: "running",
    tone: "run",
    shape: (
      <>
        <rect x="1.4" y="1.4" width="9.2" height="9.2" rx="2" {...stroke} />
        <rect class="pulse" x="4" y="4" width="4" height="4" rx="1" {...solid} />
      </>
    ),
  },
  open: {
    word: "open",
    tone: "idle",
    shape: <rect x="1.4" y="1.4" width="9.2" height="9.2" rx="2" {...stroke} />,
  },
  queued: { word: "queued", tone: "idle", shape: <circle cx="6" cy="6" r="4.2" {...stroke} /> },
  cancelled: {
    word: "cancelled",
    tone: "stale",
    shape: <rect x="1.8" y="1.8" width="8.4" height="8.4" rx="1.4" {...solid} />,
  },
  interrupted: {
    word: "interrupted",
    tone: "stale",
    shape: <circle cx="6" cy="6" r="4.2" {...stroke} stroke-dasharray="2.4 2" />,
  },
  lost: {
    word: "lost",
    tone: "unverified",
    shape: (
      <path
        d="M6 1.2 11 10.6H1ZM6 5v2.4m0 1.4v.2"
        {...stroke}
        stroke-width="1.3"
        stroke-linejoin="round"
      />
    ),
  },
};

/** Whether a run isn't over: it runs, or is a notebook that is open. */
export function goesOn(state: RunState): boolean {
  return state === "running" || state === "open";
}

/** What a run's end is called differs from a task's: a run succeeds, a task is done. */
export function stateWord(state: State, of: "run" | "task" = "task"): string {
  return state === "succeeded" && of === "run" ? "succeeded" : LOOKS[state].word;
}

export function stateTone(state: State): Tone {
  return LOOKS[state].tone;
}

export function Glyph({ state, size = 12 }: { state: State; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 12 12" aria-hidden="true">
      {LOOKS[state].shape}
    </svg>
  );
}

/** The same shapes inside another drawing, at a place in it. */
export function GlyphAt({
  state,
  x,
  y,
  size = 12,
}: {
  state: State;
  x: number;
  y: number;
  size?: number;
}) {
  return (
    <svg
      x={x}
      y={y}
      width={size}
      height={size}
      viewBox="0 0 12 12"
      class={`tone-${stateTone(state)}`}
    >
      {LOOKS[state].shape}
    </svg>
  );
}

interface Props {
  state: State;
  of?: "run" | "task";
  /** Only the shape is painted; the word is read aloud and shown as a tooltip. */
  brief?: boolean;
  /** What follows the word: `at train[11]`. */
  more?: string | null;
}

export function StateMark({ state, of = "task", brief = false, more = null }: Props) {
  const word = more ? `${stateWord(state, of)} ${more}` : stateWord(state, of);
  return (
    <span class={`state tone-${stateTone(state)}`} title={brief ? word : undefined}>
      <Glyph state={state} />
      {brief ? <span class="aloud">{word}</span> : word}
    </span>
  );
}

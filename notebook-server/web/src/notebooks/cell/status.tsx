/** A cell's state as a shape, a word, a colour and the reason for it. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { ago, duration, shortRun } from "../../format/format.ts";
import { now, useTicking } from "../../parts/now.ts";
import type { Tone } from "../../parts/state.tsx";
import type { CellState } from "../protocol/book.ts";
import type { CellStatus, Why } from "../protocol/types.ts";

interface Look {
  word: string;
  tone: Tone;
  shape: ComponentChildren;
}

const stroke = { fill: "none", stroke: "currentColor", "stroke-width": 1.6 } as const;
const solid = { fill: "currentColor" } as const;

/** What a status is called. `reused` is a fresh result that another run computed. */
export type StatusName = Exclude<CellStatus["status"], "never_run"> | "reused" | "never_run";

export const LOOKS: Record<StatusName, Look> = {
  never_run: {
    word: "never run",
    tone: "idle",
    shape: (
      <circle cx="6" cy="6" r="4.4" {...stroke} stroke-width="1.3" stroke-dasharray="1.6 1.9" />
    ),
  },
  queued: { word: "queued", tone: "idle", shape: <circle cx="6" cy="6" r="4.2" {...stroke} /> },
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
  fresh: { word: "fresh", tone: "fresh", shape: <circle cx="6" cy="6" r="4.6" {...solid} /> },
  reused: {
    word: "reused",
    tone: "reused",
    shape: <path d="M6 .8 11.2 6 6 11.2.8 6Z" {...solid} />,
  },
  stale: {
    word: "stale",
    tone: "stale",
    shape: <path d="M6 1.4 10.6 6 6 10.6 1.4 6Z" {...stroke} stroke-linejoin="round" />,
  },
  unverified: {
    word: "unverified",
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
  interrupted: {
    word: "interrupted",
    tone: "stale",
    shape: <rect x="1.8" y="1.8" width="8.4" height="8.4" rx="1.4" {...solid} />,
  },
};

export function statusName(status: CellStatus): StatusName {
  return status.status === "fresh" && status.reused ? "reused" : status.status;
}

/** Why a result is stale, in words. `number` is how messages call a cell. */
export function whyText(why: Why, number: (cell: string) => number | undefined): string {
  switch (why.because) {
    case "edited":
      return "edited since";
    case "input":
      return `${why.name} changed`;
    case "above": {
      const at = number(why.cell);
      return at ? `cell ${at} above is not fresh` : "a cell above is not fresh";
    }
    case "module":
      return `module ${why.module} changed`;
    case "lost":
      return "its values ended with the interpreter";
  }
}

/** What stands behind the word. */
export function moreText(
  cell: CellState,
  number: (cell: string) => number | undefined,
  at: number,
): string {
  const { status } = cell;
  switch (status.status) {
    case "fresh": {
      const { reused } = status;
      if (reused) {
        const run = shortRun(reused.pathspec.split("/")[1] ?? reused.pathspec);
        const when = ago(reused.finished_at, at);
        const took = cell.elapsedMs === null ? "" : `took ${duration(cell.elapsedMs)}`;
        return [`computed by ${reused.user || "someone"}`, `run ${run}`, when, took]
          .filter(Boolean)
          .join(" · ");
      }
      return cell.elapsedMs === null ? "" : duration(cell.elapsedMs);
    }
    case "stale":
      return whyText(status.why, number);
    case "unverified":
      return status.why;
    case "failed":
    case "interrupted":
      return cell.elapsedMs === null ? "" : `after ${duration(cell.elapsedMs)}`;
    default:
      return "";
  }
}

export function StatusGlyph({ name, size = 12 }: { name: StatusName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 12 12" aria-hidden="true">
      {LOOKS[name].shape}
    </svg>
  );
}

/** The same shape inside another drawing. */
export function StatusGlyphAt({
  name,
  x,
  y,
  size = 14,
}: {
  name: StatusName;
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
      class={`tone-${LOOKS[name].tone}`}
    >
      {LOOKS[name].shape}
    </svg>
  );
}

interface Props {
  cell: CellState;
  number: (cell: string) => number | undefined;
}

export function StatusMark({ cell, number }: Props) {
  const name = statusName(cell.status);
  const { word, tone } = LOOKS[name];
  const more = moreText(cell, number, name === "reused" ? now.value : 0);
  return (
    <>
      <span class={`state tone-${tone}`} data-status={name}>
        <StatusGlyph name={name} />
        {word}
      </span>
      {name === "running" ? (
        <Elapsed since={cell.startedAt} />
      ) : (
        more && (
          <span class="why cut" title={more}>
            {more}
          </span>
        )
      )}
    </>
  );
}

/** How long something has run by now. Not read aloud: it would never end. */
export function Elapsed({ since }: { since: number | null }) {
  const at = useSignal(performance.now());
  useTicking(
    since !== null,
    () => {
      at.value = performance.now();
    },
    100,
  );
  if (since === null) return null;
  const tenths = Math.round(Math.max(0, at.value - since) / 100) * 100;
  return (
    <span class="why num" aria-hidden="true">
      {tenths < 60_000 ? `${(tenths / 1000).toFixed(1)} s` : duration(tenths)}
    </span>
  );
}

/** A metric over a parameter, a point a run. The grid below has the same in numbers. */
import { type Signal, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { ComparedRun, Comparison } from "../api/types.ts";
import { ago, duration, metric, shortRun, value } from "../format/format.ts";
import { now } from "../parts/now.ts";
import { GlyphAt, stateTone } from "../parts/state.tsx";
import { useWidth } from "../parts/width.ts";
import { go, to } from "../router.ts";
import { apart, axisOf, LETTER } from "./axis.ts";
import { type Column, columns, GROUPS } from "./table.ts";

const HEIGHT = 250;
const BOTTOM = 48;
const TOP = 30;
const RIGHT = 16;

interface Props {
  all: Comparison;
  lit: Signal<string | null>;
}

export function Chart({ all, lit }: Props) {
  const every = columns(all);
  const ys = every.filter(
    (column) => column.isNumeric && (column.group === "metric" || column.id === "run:took"),
  );
  // First what differs: a chart of what is the same says nothing.
  const firstY = ys.find((one) => one.group === "metric" && one.differs) ?? ys[0];
  const firstX = every.find((one) => one.group === "parameter" && one.differs) ?? every[0];
  const xId = useSignal(firstX?.id ?? "");
  const yId = useSignal(firstY?.id ?? "");
  const x = every.find((column) => column.id === xId.value) ?? firstX;
  const y = ys.find((column) => column.id === yId.value) ?? firstY;
  if (!x || !y) return null;
  return (
    <section class="card chart" aria-label="Chart">
      <div class="line wrap">
        <Axes label="Vertical" value={y.id} list={ys} change={(id) => (yId.value = id)} />
        <span class="dim">over</span>
        <Axes label="Horizontal" value={x.id} list={every} change={(id) => (xId.value = id)} />
      </div>
      <Plot rows={all.rows} x={x} y={y} lit={lit} />
    </section>
  );
}

interface AxesProps {
  label: string;
  value: string;
  list: Column[];
  change: (id: string) => void;
}

function Axes({ label, value: chosen, list, change }: AxesProps) {
  return (
    <select
      class="field"
      aria-label={`${label} axis`}
      value={chosen}
      onChange={(event) => change(event.currentTarget.value)}
    >
      {GROUPS.map(({ id, title }) => {
        const columns = list.filter((column) => column.group === id);
        return columns.length === 0 ? null : (
          <optgroup key={id} label={title}>
            {columns.map((column) => (
              <option key={column.id} value={column.id}>
                {column.title}
              </option>
            ))}
          </optgroup>
        );
      })}
    </select>
  );
}

function textFor(column: Column): ((given: number) => string) | null {
  if (column.id === "run:started") {
    return (given) => ago(new Date(given).toISOString(), now.peek());
  }
  return column.id === "run:took" ? (given) => duration(given) : null;
}

interface PlotProps {
  rows: ComparedRun[];
  x: Column;
  y: Column;
  lit: Signal<string | null>;
}

function Plot({ rows, x, y, lit }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const wide = Math.max(240, useWidth(box, 800));
  const across = axisOf(rows.map(x.get), true, textFor(x));
  const up = axisOf(rows.map(y.get), false, textFor(y));
  const longest = Math.max(...up.ticks.map(({ text }) => text.length), 0);
  const edge = 20 + longest * LETTER;
  const length = wide - edge - RIGHT;
  const left = (at: number) => edge + at * length;
  const top = (at: number) => TOP + (1 - at) * (HEIGHT - TOP - BOTTOM);
  const points = rows.flatMap((row) => {
    const [h, v] = [across.place(x.get(row)), up.place(y.get(row))];
    return h === null || v === null ? [] : [{ row, cx: left(h), cy: top(v) }];
  });
  return (
    <div ref={box} class="plot">
      <svg
        width={wide}
        height={HEIGHT}
        role="img"
        aria-label={`${y.title} over ${x.title} of ${points.length} runs; the grid below has the numbers`}
      >
        <text class="axis" x={0} y={14}>
          {y.title}
        </text>
        <text class="axis" x={wide} y={HEIGHT - 6} text-anchor="end">
          {x.title}
        </text>
        {up.ticks.map((tick) => (
          <g key={tick.text}>
            <line class="rule" x1={edge} x2={wide} y1={top(tick.at)} y2={top(tick.at)} />
            <text x={edge - 8} y={top(tick.at) + 4} text-anchor="end">
              {tick.text}
            </text>
          </g>
        ))}
        {apart(across.ticks, length).map((tick) => (
          <text key={tick.text} x={left(tick.at)} y={HEIGHT - BOTTOM + 20} text-anchor="middle">
            {tick.text}
          </text>
        ))}
        {points.map(({ row, cx, cy }) => {
          const id = `${row.row.flow}/${row.row.run}`;
          const isLit = lit.value === id;
          return (
            <g
              key={id}
              class={`point tone-${stateTone(row.row.status)} ${isLit ? "lit" : ""}`}
              onMouseEnter={() => {
                lit.value = id;
              }}
              onMouseLeave={() => {
                lit.value = null;
              }}
              onClick={() => go(to("runs", row.row.flow, row.row.run))}
            >
              <title>
                {`${shortRun(row.row.run)}: ${x.title} ${value(x.get(row) ?? "")}, ${y.title} ${metric(y.get(row))}`}
              </title>
              <circle class="reach" cx={cx} cy={cy} r="14" />
              <Dot row={row} cx={cx} cy={cy} size={isLit ? 16 : 11} />
              {isLit && (
                <text x={cx} y={cy - 13} text-anchor="middle" class="name">
                  {shortRun(row.row.run)}
                </text>
              )}
            </g>
          );
        })}
      </svg>
    </div>
  );
}

/** The same shape that tells the run's state everywhere. */
function Dot({ row, cx, cy, size }: { row: ComparedRun; cx: number; cy: number; size: number }) {
  return <GlyphAt state={row.row.status} x={cx - size / 2} y={cy - size / 2} size={size} />;
}

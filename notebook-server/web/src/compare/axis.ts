/** One axis of the chart: from values to places, and the places of its ticks. */
import { metric, value } from "../format/format.ts";

export interface Axis {
  /** Where a value stands, 0 to 1. */
  place: (given: unknown) => number | null;
  ticks: Tick[];
}

export interface Tick {
  at: number;
  text: string;
}

/** About how wide a letter of a tick is. */
export const LETTER = 6.6;

/** Those that have room beside one another along so many pixels, and say different things. */
export function apart(ticks: Tick[], length: number): Tick[] {
  const found: Tick[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const tick of ticks) {
    const half = (tick.text.length * LETTER) / 2;
    if (tick.at * length - half < end || found.some(({ text }) => text === tick.text)) continue;
    found.push(tick);
    end = tick.at * length + half + 10;
  }
  return found;
}

/** A number along an axis: with the decimals that tell it from the next one, `step` away. */
export function tickText(value: number, step: number): string {
  const size = Math.abs(value);
  if (size >= 1e7) {
    return value.toLocaleString("en-US", { notation: "compact", maximumFractionDigits: 3 });
  }
  if (size > 0 && size < 1e-4) return value.toExponential(1).replace(".0e", "e");
  const decimals = Math.min(6, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  return value.toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}

/** Round numbers between two others, three to six of them; of counts whole ones, be they fewer. */
export function roundTicks(least: number, most: number, isWhole = false): number[] {
  if (most <= least) return [least];
  const rough = Math.max((most - least) / 5, isWhole ? 1 : 0);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough)!;
  const found: number[] = [];
  // Counted in steps: sums of fractions would drift.
  for (let at = Math.ceil(least / step - 1e-9); at * step <= most + step * 1e-9; at += 1) {
    found.push(Number((at * step).toPrecision(12)));
  }
  return found;
}

export function axisOf(
  values: unknown[],
  /** Of few values each has its tick: of a parameter, what was tried is what is asked about. */
  eachItsTick: boolean,
  /** How a number is written along the axis, where not as plain numbers are. */
  text: ((given: number) => string) | null = null,
): Axis {
  const known = values.filter((one) => one !== null && one !== undefined);
  if (known.length > 0 && known.every((one) => typeof one === "number")) {
    return numeric(known as number[], eachItsTick, text);
  }
  return ordinal(known);
}

const FEW = 7;

/** Without those that would stand on one another. */
function spread(values: number[], span: number): number[] {
  const found: number[] = [];
  for (const value of values.sort((one, other) => one - other)) {
    const last = found.at(-1);
    if (last === undefined || value - last >= span / 12) found.push(value);
  }
  return found;
}

function numeric(
  values: number[],
  eachItsTick: boolean,
  text: ((given: number) => string) | null,
): Axis {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  // A little room, so that no point stands on the edge.
  const room = most > least ? (most - least) * 0.08 : Math.abs(most) * 0.1 || 1;
  const [from, to] = [least - room, most + room];
  const place = (given: unknown) =>
    typeof given === "number" ? (given - from) / (to - from) : null;
  const distinct = [...new Set(values)];
  const isEach = eachItsTick && distinct.length <= FEW;
  const isWhole = values.every(Number.isInteger);
  const marks = isEach ? spread(distinct, to - from) : roundTicks(from, to, isWhole);
  const step = marks.length > 1 ? marks[1]! - marks[0]! : 1;
  const plain = (at: number) => (isEach || marks.length === 1 ? metric(at) : tickText(at, step));
  const ticks = marks.map((at) => ({ at: place(at)!, text: (text ?? plain)(at) }));
  return { place, ticks };
}

function ordinal(values: unknown[]): Axis {
  const texts = [...new Set(values.map((one) => value(one, 18)))].sort((a, b) =>
    a.localeCompare(b, "en", { numeric: true }),
  );
  const place = (given: unknown) => {
    if (given === null || given === undefined) return null;
    return (texts.indexOf(value(given, 18)) + 0.5) / texts.length;
  };
  const ticks = texts.map((text, at) => ({ at: (at + 0.5) / texts.length, text }));
  return { place, ticks };
}

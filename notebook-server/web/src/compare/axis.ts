/** One axis of the chart: from values to places, and the places of its ticks. */
import { metric, value } from "../format/format.ts";

export interface Axis {
  /** Where a value stands, 0 to 1. */
  place: (given: unknown) => number | null;
  ticks: { at: number; text: string }[];
}

/** Round numbers between two others, three to six of them. */
export function roundTicks(least: number, most: number): number[] {
  if (most <= least) return [least];
  const rough = (most - least) / 4;
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
  /** How a number is written along the axis. */
  text: (given: number) => string = (given) => metric(given),
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

function numeric(values: number[], eachItsTick: boolean, text: (given: number) => string): Axis {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  // A little room, so that no point stands on the edge.
  const room = most > least ? (most - least) * 0.08 : Math.abs(most) * 0.1 || 1;
  const [from, to] = [least - room, most + room];
  const place = (given: unknown) =>
    typeof given === "number" ? (given - from) / (to - from) : null;
  const distinct = [...new Set(values)];
  const marks =
    eachItsTick && distinct.length <= FEW ? spread(distinct, to - from) : roundTicks(from, to);
  const ticks = marks.map((at) => ({ at: place(at)!, text: text(at) }));
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

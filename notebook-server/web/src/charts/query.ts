/**
 * A chart as a query and a specification: the server aggregates, Vega draws what came of it.
 * The same two make a notebook's cells, so that the chart needs no page.
 */
import type { ColumnKind, TableColumn } from "../api/types.ts";
import { quoteName } from "../grid/filter.ts";

export const MARKS = ["bar", "line", "point", "box", "histogram"] as const;
export type Mark = (typeof MARKS)[number];

export const AGGREGATES = [
  "count",
  "sum",
  "mean",
  "median",
  "min",
  "max",
  "distinct",
  "none",
] as const;
export type Aggregate = (typeof AGGREGATES)[number];

export interface ChartChoice {
  mark: Mark;
  x: string;
  y: string | null;
  colour: string | null;
  aggregate: Aggregate;
}

/** What a column spans: bars of a histogram are cut by it. */
export interface Span {
  min: number;
  max: number;
}

export interface ChartQuery {
  sql: string;
  spec: object;
  /** What isn't shown, if something isn't. */
  cut: string | null;
}

/** Marks of one chart: what a browser draws at once. */
const MOST = 5000;
const BARS = 50;
const BINS = 30;
/** An axis of names that leaves some out rather than write one over the other. */
const APART = { labelOverlap: true };
/** The axis of what is counted: there is no half a row. */
const WHOLE = { tickMinStep: 1, format: ",d" };

/**
 * @param from what stands behind FROM
 * @param where a condition of SQL, or null
 */
export function chartQuery(
  choice: ChartChoice,
  columns: TableColumn[],
  from: string,
  where: string | null,
  span: Span | null,
): ChartQuery {
  const kind = (name: string | null) => columns.find((column) => column.name === name)?.kind;
  const { mark, x, y, colour } = choice;
  const source = `FROM ${from}`;
  const known = (name: string) => `${quoteName(name)} IS NOT NULL`;
  const condition = (...more: string[]) => {
    const whole = [...(where ? [`(${where})`] : []), ...more];
    return whole.length > 0 ? `\nWHERE ${whole.join(" AND ")}` : "";
  };
  const xField = { field: "x", title: x, type: typeOf(kind(x)) };
  const colours = colour
    ? { color: { field: "colour", title: colour, type: typeOf(kind(colour)) } }
    : {};
  const colourColumn = colour ? `, ${quoteName(colour)} AS colour` : "";

  if (mark === "histogram") {
    const wished = niceStep(span ? (span.max - span.min) / BINS : 1);
    // Between two integers there is nothing; divided by one, those below zero are cut upwards.
    const whole = isWhole(x, columns);
    const step = whole ? Math.max(1, wished) : wished;
    const bin = `floor(${quoteName(x)} / ${step}${whole ? ".0" : ""}) * ${step}`;
    const groups = colour ? "1, 2" : "1";
    const sql = `SELECT ${bin} AS x${colourColumn}, count(*) AS y\n${source}${condition(known(x))}\nGROUP BY ${groups}\nORDER BY ${groups}\nLIMIT ${MOST}`;
    const encoding = {
      x: { ...xField, bin: { binned: true, step }, type: "quantitative" },
      x2: { field: "end" },
      y: { field: "y", title: "rows", type: "quantitative", stack: "zero", axis: WHOLE },
      ...colours,
    };
    const transform = [{ calculate: `datum.x + ${step}`, as: "end" }];
    return { sql, spec: { ...size(), mark: "bar", transform, encoding }, cut: null };
  }

  if (mark === "box") {
    const value = quoteName(y ?? x);
    const quantile = (part: number) =>
      `approx_percentile_cont(${part}) WITHIN GROUP (ORDER BY ${value})`;
    const group = y ? `${quoteName(x)} AS x` : "'all' AS x";
    const sql = `SELECT ${group}, min(${value}) AS low, ${quantile(0.25)} AS q1, ${quantile(0.5)} AS middle, ${quantile(0.75)} AS q3, max(${value}) AS high\n${source}${condition(known(y ?? x))}\nGROUP BY 1\nORDER BY 1\nLIMIT ${BARS}`;
    const field = (name: string) => ({ field: name, type: "quantitative", title: y ?? x });
    const place = { field: "x", type: "nominal", title: y ? x : null, axis: APART };
    const spec = {
      ...size(),
      encoding: { x: place },
      layer: [
        { mark: "rule", encoding: { y: field("low"), y2: { field: "high" } } },
        {
          mark: { type: "bar", width: { band: 0.6 } },
          encoding: { y: field("q1"), y2: { field: "q3" } },
        },
        {
          mark: { type: "tick", color: "white", width: { band: 0.6 } },
          encoding: { y: field("middle") },
        },
      ],
    };
    return { sql, spec, cut: `the first ${BARS} groups` };
  }

  const isRaw = mark === "point" || choice.aggregate === "none";
  if (isRaw && y) {
    const order = mark === "point" ? "" : "\nORDER BY 1";
    const sql = `SELECT ${quoteName(x)} AS x, ${quoteName(y)} AS y${colourColumn}\n${source}${condition(known(x), known(y))}${order}\nLIMIT ${MOST}`;
    const encoding = {
      x: xField,
      y: { field: "y", title: y, type: typeOf(kind(y)) },
      ...colours,
    };
    return {
      sql,
      spec: {
        ...size(),
        mark: { type: mark, ...(mark === "point" ? { opacity: 0.6 } : {}) },
        encoding,
      },
      cut: `the first ${MOST.toLocaleString("en-US")} rows`,
    };
  }

  const aggregate = choice.aggregate === "none" || !y ? "count" : choice.aggregate;
  const counted = expression(aggregate, y);
  const title = aggregate === "count" && !y ? "rows" : `${aggregate} of ${y ?? x}`;
  const groups = colour ? "1, 2" : "1";
  // Of many names the largest are shown; numbers and times stay in their order.
  const isName = mark === "bar" && ["text", "boolean"].includes(kind(x) ?? "text");
  const most = isName ? BARS : MOST;
  const order = isName ? "y DESC, 1" : groups;
  const sql = `SELECT ${quoteName(x)} AS x${colourColumn}, ${counted} AS y\n${source}${condition(known(x))}\nGROUP BY ${groups}\nORDER BY ${order}\nLIMIT ${most}`;
  const axis = aggregate === "count" || aggregate === "distinct" ? { axis: WHOLE } : {};
  const encoding = {
    x: isName ? { ...xField, type: "nominal", sort: "-y", axis: APART } : xField,
    y: { field: "y", title, type: "quantitative", ...axis },
    ...colours,
  };
  return {
    sql,
    spec: { ...size(), mark, encoding },
    cut: isName ? `the ${BARS} largest` : `the first ${MOST.toLocaleString("en-US")}`,
  };
}

function size(): object {
  return { width: "container", height: 260 };
}

function expression(aggregate: Aggregate, y: string | null): string {
  const value = y === null ? "*" : quoteName(y);
  switch (aggregate) {
    case "sum":
      return `sum(${value})`;
    case "mean":
      return `avg(${value})`;
    case "median":
      return `approx_percentile_cont(0.5) WITHIN GROUP (ORDER BY ${value})`;
    case "min":
      return `min(${value})`;
    case "max":
      return `max(${value})`;
    case "distinct":
      return `count(DISTINCT ${value})`;
    default:
      return `count(${value})`;
  }
}

function typeOf(kind: ColumnKind | undefined): "quantitative" | "temporal" | "nominal" {
  if (kind === "number") return "quantitative";
  return kind === "time" ? "temporal" : "nominal";
}

function isWhole(name: string, columns: readonly TableColumn[]): boolean {
  return /^u?int\d/.test(columns.find((column) => column.name === name)?.type ?? "");
}

/** A step of 1, 2 or 5 times a power of ten, at least as large as what is wished. */
export function niceStep(wished: number): number {
  if (!(wished > 0) || !Number.isFinite(wished)) return 1;
  const power = 10 ** Math.floor(Math.log10(wished));
  const factor = [1, 2, 5, 10].find((one) => one * power >= wished * 0.999) ?? 10;
  return Number((factor * power).toPrecision(6));
}

/** The chart with its rows in it, as Vega draws it. */
export function withRows(spec: object, names: string[], cells: unknown[][]): object {
  const values = (cells[0] ?? []).map((_, row) =>
    Object.fromEntries(names.map((name, at) => [name, cells[at]?.[row] ?? null])),
  );
  return { $schema: "https://vega.github.io/schema/vega-lite/v5.json", ...spec, data: { values } };
}

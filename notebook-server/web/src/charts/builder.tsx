/** Builds a chart over a table: what is chosen becomes a query, and its result is drawn. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { columnStatistics, runQuery, tablePage } from "../api/data.ts";
import { asProblem, type ProblemText } from "../api/problem.ts";
import type { TableColumn, TableQuery, TableSource, TableView } from "../api/types.ts";
import { Chart } from "../notebooks/outputs/chart.tsx";
import { ProblemNote } from "../parts/notice.tsx";
import "../styles/charts.css";
import { chartCells, type NewCell } from "./cells.ts";
import {
  AGGREGATES,
  type Aggregate,
  type ChartChoice,
  type ChartQuery,
  chartQuery,
  MARKS,
  type Mark,
  type Span,
  withRows,
} from "./query.ts";

interface Props {
  source: TableSource;
  columns: TableColumn[];
  /** The rows that are looked at. */
  view: TableView;
  /** What stands behind FROM. */
  from: string;
  /** Tables that the query names in its own way. */
  tables?: TableQuery["tables"];
  /** What the button that keeps the chart says, and does. */
  keep?: Keep;
  /** What is chosen, where that outlives the component. */
  choice?: Signal<ChartChoice | null>;
}

/** How a chart is kept. */
export interface Keep {
  /** What the button says. */
  title: string;
  run: (cells: NewCell[]) => void;
  /** What stands behind FROM in its cells, if not what the page asks; null when nothing can. */
  from?: string | null;
  /** What its data is called. */
  name?: string;
  /** Why it can't be kept when `from` is null. */
  unless?: string;
}

interface Drawn {
  spec: object;
  query: ChartQuery;
  rows: number;
  span: Span | null;
}

/** Rows that a drawing takes. */
const MOST = 5000;

export function ChartBuilder({
  source,
  columns,
  view,
  from,
  tables = [],
  keep,
  choice: given,
}: Props) {
  const own = useSignal<ChartChoice | null>(null);
  const choice = given ?? own;
  const drawn = useSignal<Drawn | null>(null);
  const problem = useSignal<ProblemText | null>(null);
  const first = useMemo(() => firstChoice(columns), [columns]);
  const chosen = choice.value ?? first;
  const where = useMemo(() => view.filter ?? null, [view.filter]);

  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    const draw = async () => {
      const span =
        chosen.mark === "histogram"
          ? await columnStatistics(
              source,
              { sort: [], filter: where, search: null },
              chosen.x,
              signal,
            )
          : null;
      const numbers =
        span && typeof span.min === "number" && typeof span.max === "number"
          ? { min: span.min, max: span.max }
          : null;
      const query = chartQuery(chosen, columns, from, where, numbers);
      const answer = await runQuery({ sql: query.sql, tables }, signal);
      if (answer.status === "failed")
        throw Object.assign(new Error(answer.what), { hint: answer.hint });
      const result: TableSource = { kind: "result", id: answer.id };
      const window = { from: 0, limit: MOST, first_column: 0, columns: 10 };
      const page = await tablePage(
        result,
        { sort: [], filter: null, search: null },
        window,
        signal,
      );
      const names = answer.table.columns.map((column) => column.name);
      const spec = withRows(query.spec, names, page.cells);
      drawn.value = { spec, query, rows: page.total, span: numbers };
      problem.value = null;
    };
    const timer = setTimeout(() => {
      draw().catch((error: unknown) => {
        if (!signal.aborted) problem.value = asProblem(error);
      });
    }, 120);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [source, columns, from, where, chosen]);

  const set = (change: Partial<ChartChoice>) => {
    choice.value = { ...chosen, ...change };
  };
  const numbers = columns.filter((column) => column.kind === "number");
  const onX = chosen.mark === "histogram" ? numbers : columns;
  const found = drawn.value;
  const isCut = found !== null && found.query.cut !== null && isFull(found.rows, chosen);
  return (
    <section class="chart-builder" aria-label="Chart">
      <div class="choices">
        <Choice
          label="Chart"
          value={chosen.mark}
          options={MARKS}
          set={(mark) => set(fitting(mark as Mark, chosen, columns))}
        />
        <Choice
          label={chosen.mark === "box" ? "Groups" : "x"}
          value={chosen.x}
          options={onX.map((it) => it.name)}
          set={(x) => set({ x })}
        />
        {chosen.mark !== "histogram" && (
          <Choice
            label="y"
            value={chosen.y ?? ""}
            options={["", ...(chosen.mark === "point" ? columns : numbers).map((it) => it.name)]}
            none="rows"
            set={(y) => set({ y: y || null })}
          />
        )}
        {(chosen.mark === "bar" || chosen.mark === "line") && chosen.y && (
          <Choice
            label="Aggregate"
            value={chosen.aggregate}
            options={AGGREGATES}
            set={(it) => set({ aggregate: it as Aggregate })}
          />
        )}
        {chosen.mark !== "box" && (
          <Choice
            label="Colour"
            value={chosen.colour ?? ""}
            options={["", ...columns.map((it) => it.name)]}
            none="one"
            set={(colour) => set({ colour: colour || null })}
          />
        )}
        <span class="grow" />
        {keep && (
          <button
            type="button"
            class="btn small"
            disabled={!found || keep.from === null}
            title={keep.from === null ? keep.unless : undefined}
            onClick={() => {
              if (!found || keep.from === null) return;
              const { from: own = from, name } = keep;
              const query = chartQuery(chosen, columns, own, where, found.span);
              keep.run(chartCells(query, name));
            }}
          >
            {keep.title}
          </button>
        )}
      </div>
      {keep?.from === null && keep.unless && <p class="dim">Only looked at: {keep.unless}.</p>}
      {problem.value && <ProblemNote problem={problem.value} />}
      {found && !problem.value && (
        <>
          {found.rows === 0 ? (
            <p class="dim">No row has both values.</p>
          ) : (
            <Chart spec={found.spec} isLite label={`${chosen.mark} of ${chosen.y ?? chosen.x}`} />
          )}
          {isCut && <p class="dim">Shown are {found.query.cut}.</p>}
        </>
      )}
    </section>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: readonly string[];
  none?: string;
  set: (value: string) => void;
}

function Choice({ label, value, options, none, set }: ChoiceProps) {
  return (
    <label class="choice">
      <span>{label}</span>
      <select
        class="field"
        aria-label={label}
        value={value}
        onChange={(event) => set(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option} value={option}>
            {option === "" ? none : option}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A chart that says something of most tables: of names how many, else how numbers lie. */
function firstChoice(columns: TableColumn[]): ChartChoice {
  const first = (kind: string) => columns.find((column) => column.kind === kind)?.name;
  const text = first("text") ?? first("boolean");
  const number = first("number");
  const common = { y: null, colour: null, aggregate: "count" as const };
  if (text === undefined && number !== undefined)
    return { mark: "histogram", x: number, ...common };
  return { mark: "bar", x: text ?? columns[0]?.name ?? "", ...common };
}

/** What another mark needs beside it. */
function fitting(mark: Mark, now: ChartChoice, columns: TableColumn[]): Partial<ChartChoice> {
  const numbers = columns.filter((column) => column.kind === "number").map((it) => it.name);
  const isNumber = numbers.includes(now.x);
  const other = numbers.find((name) => name !== now.x) ?? null;
  switch (mark) {
    case "histogram":
      return { mark, x: isNumber ? now.x : (numbers[0] ?? now.x) };
    case "point":
    case "box":
      return { mark, y: now.y ?? other };
    default:
      return { mark, aggregate: now.y && now.aggregate === "none" ? "mean" : now.aggregate };
  }
}

function isFull(rows: number, { mark, aggregate }: ChartChoice): boolean {
  return (
    rows >= MOST || ((mark === "box" || (mark === "bar" && aggregate !== "none")) && rows === 50)
  );
}

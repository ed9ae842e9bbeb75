/** A table's first rows: sorted by a column on demand, and only the seen rows painted. */
import { signal, useSignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { count, number as grouped } from "../../format/format.ts";
import { copy } from "../../parts/copy.tsx";
import { MenuButton } from "../../parts/menu.tsx";
import { tell } from "../../state/toasts.ts";
import { useKept } from "./kept.ts";
import { asCsv, asMarkdown, sorted, type TableData, type TableValue } from "./table-model.ts";

const ROW = 26;
const SHOWN = 12;
const BEYOND = 10;

export function TableView({ table }: { table: TableData }) {
  const sort = useKept("sort", () => signal<{ column: number; down: boolean } | null>(null));
  const top = useSignal(0);
  const box = useRef<HTMLDivElement>(null);
  const order = useMemo(() => sorted(table, sort.value), [table, sort.value]);
  const widths = useMemo(() => columnWidths(table), [table]);
  const first = Math.max(0, Math.floor(top.value / ROW) - BEYOND);
  const last = Math.min(order.length, Math.ceil(top.value / ROW) + SHOWN + BEYOND);
  const isNumeric = table.columns.map(
    (_, at) => typeof table.rows.find((row) => row[at] !== null)?.[at] === "number",
  );

  const turn = (column: number) => {
    const now = sort.peek();
    // Up, down, as it came.
    if (now?.column !== column) sort.value = { column, down: false };
    else sort.value = now.down ? null : { column, down: true };
    box.current?.scrollTo({ top: 0 });
  };
  const take = async (what: string, text: string) => {
    if (await copy(text, what)) tell(`Copied as ${what}`);
  };
  const rows = { ...table, rows: order.map((at) => table.rows[at]!) };

  return (
    <div class="table-output">
      <div
        ref={box}
        class="table-box"
        tabIndex={0}
        role="region"
        aria-label={`Table of ${count(table.total, "row")}`}
        style={{ maxHeight: `${SHOWN * ROW + 44}px` }}
        onScroll={(event) => {
          top.value = event.currentTarget.scrollTop;
        }}
      >
        <table aria-rowcount={order.length + 1}>
          <colgroup>
            {widths.map((width, at) => (
              <col key={at} style={{ width: `${width}ch` }} />
            ))}
            <col />
          </colgroup>
          <thead>
            <tr>
              {table.columns.map((column, at) => {
                const mine = sort.value?.column === at ? sort.value : null;
                return (
                  <th
                    key={at}
                    scope="col"
                    class={isNumeric[at] ? "right" : ""}
                    aria-sort={mine ? (mine.down ? "descending" : "ascending") : "none"}
                  >
                    <button
                      type="button"
                      title={`${column.name}: ${column.type}. Sort`}
                      onClick={() => turn(at)}
                    >
                      {column.name}
                      <span class="arrow" aria-hidden="true">
                        {mine ? (mine.down ? "↓" : "↑") : ""}
                      </span>
                    </button>
                  </th>
                );
              })}
              <td class="rest" />
            </tr>
          </thead>
          <tbody>
            {first > 0 && <tr style={{ height: `${first * ROW}px` }} />}
            {order.slice(first, last).map((row, at) => (
              <tr key={row} aria-rowindex={first + at + 2}>
                {table.rows[row]!.map((value, column) => (
                  <td
                    key={column}
                    class={isNumeric[column] ? "right" : ""}
                    title={typeof value === "string" && value.length > 30 ? value : undefined}
                  >
                    <Value value={value} />
                  </td>
                ))}
                <td class="rest" />
              </tr>
            ))}
            {last < order.length && <tr style={{ height: `${(order.length - last) * ROW}px` }} />}
          </tbody>
        </table>
      </div>
      <div class="note line">
        <span>{caption(table)}</span>
        <MenuButton
          class="text-button"
          label="Copy the table"
          items={() => [
            { id: "csv", title: "Copy as CSV", run: () => void take("CSV", asCsv(rows)) },
            {
              id: "md",
              title: "Copy as Markdown",
              run: () => void take("Markdown", asMarkdown(rows)),
            },
          ]}
        >
          copy
        </MenuButton>
      </div>
    </div>
  );
}

function Value({ value }: { value: TableValue }) {
  if (value === null) return <span class="faint">null</span>;
  return <>{typeof value === "number" ? shown(value) : String(value)}</>;
}

/** Integers in groups, others with the digits that say something. */
function shown(value: number): string {
  if (Number.isInteger(value)) return Math.abs(value) >= 10_000 ? grouped(value) : String(value);
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e9) return value.toExponential(4);
  return String(Number(value.toPrecision(6)));
}

function caption(table: TableData): string {
  const isAll = table.rows.length === table.total;
  const rows = isAll
    ? count(table.total, "row")
    : `the first ${grouped(table.rows.length)} of ${count(table.total, "row")}`;
  const isWide = table.width > table.columns.length;
  const columns = isWide
    ? `the first ${table.columns.length} of ${count(table.width, "column")}`
    : count(table.columns.length, "column");
  return `${rows} · ${columns}`;
}

/** How wide columns are, in digits: as their first rows need, within reason. */
function columnWidths(table: TableData): number[] {
  const sample = table.rows.slice(0, 100);
  return table.columns.map((column, at) => {
    const long = sample.reduce((most, row) => {
      const value = row[at] ?? null;
      return Math.max(
        most,
        value === null ? 4 : typeof value === "number" ? shown(value).length : String(value).length,
      );
    }, column.name.length + 1);
    return Math.min(42, Math.max(5, long)) + 4;
  });
}

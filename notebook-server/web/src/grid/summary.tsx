/** What a column is made of: in its head in short, and whole beside its filter. */
import type { ColumnStatistics, TableColumn } from "../api/types.ts";
import { count, number } from "../format/format.ts";
import { Bars } from "./bars.tsx";
import { shown } from "./cell.tsx";
import type { CellValue } from "./copy.ts";

export function ShortSummary({ of }: { of: ColumnStatistics | undefined }) {
  if (!of) return <span class="short" />;
  const nulls = of.nulls > 0 ? `${part(of.nulls, of.rows)} null` : "";
  if (of.histogram) {
    return (
      <span class="short" title={`${shown(of.min as CellValue)} to ${shown(of.max as CellValue)}`}>
        <Bars counts={of.histogram} height={18} label={told(of)} />
        {nulls && <span class="nulls">{nulls}</span>}
      </span>
    );
  }
  const distinct = of.distinct === null ? "" : `${about(of)} different`;
  return <span class="short words">{[distinct, nulls].filter(Boolean).join(", ")}</span>;
}

export function WholeSummary({ column, of }: { column: TableColumn; of?: ColumnStatistics }) {
  if (!of) return <p class="dim">Summing up {column.name} …</p>;
  const facts: [string, string][] = [
    ["rows", number(of.rows)],
    ["null", `${number(of.nulls)} (${part(of.nulls, of.rows)})`],
  ];
  if (of.distinct !== null) facts.push(["different", about(of)]);
  if (of.mean !== null) facts.push(["mean", shown(of.mean)]);
  if (of.deviation !== null) facts.push(["deviation", shown(of.deviation)]);
  if (of.min !== null) facts.push(["least", shown(of.min as CellValue)]);
  const quartiles = ["1st quartile", "median", "3rd quartile"];
  of.quartiles?.forEach((value, at) => {
    facts.push([quartiles[at]!, nearly(of, shown(value))]);
  });
  if (of.max !== null) facts.push(["greatest", shown(of.max as CellValue)]);
  return (
    <div class="summary">
      {of.histogram && <Bars counts={of.histogram} height={56} label={told(of)} />}
      <dl class="facts">
        {facts.map(([name, text]) => (
          <>
            <dt key={name}>{name}</dt>
            <dd title={text}>{text}</dd>
          </>
        ))}
      </dl>
      {of.top.length > 0 && (
        <table class="top" aria-label="Most frequent values">
          <tbody>
            {of.top.map(({ value, count: times }) => (
              <tr key={String(value)}>
                <th scope="row" title={String(value)}>
                  {shown(value as CellValue)}
                </th>
                <td>{number(times)}</td>
                <td class="share">
                  <i style={{ width: `${(100 * times) / Math.max(1, of.top[0]!.count)}%` }} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

function about(of: ColumnStatistics): string {
  return nearly(of, number(of.distinct ?? 0));
}

function nearly(of: ColumnStatistics, value: string): string {
  return of.is_exact ? value : `about ${value}`;
}

function part(some: number, whole: number): string {
  if (whole === 0 || some === 0) return "0 %";
  const percent = (100 * some) / whole;
  if (percent < 0.1) return "< 0.1 %";
  if (some < whole && percent > 99.9) return "> 99.9 %";
  return `${percent < 10 ? Number(percent.toFixed(1)) : Math.round(percent)} %`;
}

function told(of: ColumnStatistics): string {
  const range = `from ${shown(of.min as CellValue)} to ${shown(of.max as CellValue)}`;
  return `${count(of.rows - of.nulls, "value")} ${range}`;
}

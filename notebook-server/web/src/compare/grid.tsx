/** The grid: a row a run, sortable by every column; what all runs share can be left out. */
import { type Signal, useSignal } from "@preact/signals";
import type { ComparedRun, Comparison } from "../api/types.ts";
import { duration, metric, moment, shortRun, value } from "../format/format.ts";
import { Icon } from "../parts/icon.tsx";
import { StateMark } from "../parts/state.tsx";
import { Ago } from "../parts/time.tsx";
import { href, to } from "../router.ts";
import { type Column, columns, GROUPS, type Sorting, share, sorted } from "./table.ts";

interface Props {
  all: Comparison;
  /** The run that is pointed at, here or in the chart. */
  lit: Signal<string | null>;
  /** Takes a run out of the comparison. */
  without: (run: string) => void;
}

export function CompareGrid({ all, lit, without }: Props) {
  const sorting = useSignal<Sorting | null>(null);
  const onlyDiffering = useSignal(false);
  const every = columns(all);
  const shown = every.filter(
    (column) => column.group === "run" || column.differs || !onlyDiffering.value,
  );
  const by = every.find((column) => column.id === sorting.value?.id);
  const rows = sorted(all.rows, by, sorting.value?.descending ?? false);
  const same = every.filter((column) => column.group !== "run" && !column.differs).length;
  const sort = (id: string) => {
    const now = sorting.value;
    // Up, down, and back to the order in which they were chosen.
    if (now?.id !== id) sorting.value = { id, descending: false };
    else sorting.value = now.descending ? null : { id, descending: true };
  };
  return (
    <section aria-label="Runs, parameters and metrics">
      {same > 0 && (
        <label class="line only">
          <input
            type="checkbox"
            checked={onlyDiffering.value}
            onChange={(event) => {
              onlyDiffering.value = event.currentTarget.checked;
            }}
          />
          only what differs ({same} {same === 1 ? "column is" : "columns are"} the same)
        </label>
      )}
      {/* What scrolls must be reached by key. */}
      <div class="scroll-x card" tabIndex={0} role="region" aria-label="Grid of runs">
        <table class="plain compare">
          <thead>
            <Groups shown={shown} />
            <tr>
              <th scope="col">run</th>
              {shown.map((column) => (
                <Head key={column.id} column={column} sorting={sorting.value} sort={sort} />
              ))}
              <th>
                <span class="aloud">Leave out</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const id = `${row.row.flow}/${row.row.run}`;
              return (
                <tr
                  key={id}
                  class={lit.value === id ? "lit" : ""}
                  onMouseEnter={() => {
                    lit.value = id;
                  }}
                  onMouseLeave={() => {
                    lit.value = null;
                  }}
                >
                  <th scope="row">
                    <span class="line">
                      <StateMark state={row.row.status} of="run" brief />
                      <a
                        class="plain mono"
                        href={href(to("runs", row.row.flow, row.row.run))}
                        title={id}
                      >
                        {shortRun(row.row.run)}
                      </a>
                      {row.row.tags[0] && (
                        <span class="chip" title={row.row.tags.join(", ")}>
                          <span class="cut">{row.row.tags[0]}</span>
                        </span>
                      )}
                    </span>
                  </th>
                  {shown.map((column) => (
                    <Cell key={column.id} column={column} row={row} rows={all.rows} />
                  ))}
                  <td>
                    {all.rows.length > 2 && (
                      <button
                        type="button"
                        class="btn quiet icon small"
                        aria-label={`Leave ${shortRun(row.row.run)} out`}
                        onClick={() => without(id)}
                      >
                        <Icon name="close" size={11} />
                      </button>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Says which columns were given to a run, and which it gave. */
function Groups({ shown }: { shown: Column[] }) {
  return (
    <tr class="groups">
      {GROUPS.map(({ id, title }) => {
        const wide = shown.filter((column) => column.group === id).length + (id === "run" ? 1 : 0);
        return wide === 0 ? null : (
          <th key={id} scope="colgroup" colSpan={wide}>
            {title}
          </th>
        );
      })}
      <td />
    </tr>
  );
}

interface HeadProps {
  column: Column;
  sorting: Sorting | null;
  sort: (id: string) => void;
}

function Head({ column, sorting, sort }: HeadProps) {
  const mine = sorting?.id === column.id ? sorting : null;
  const order = mine ? (mine.descending ? "descending" : "ascending") : "none";
  return (
    <th scope="col" aria-sort={order} class={column.isNumeric ? "right" : ""}>
      <button
        type="button"
        class={`sort ${column.differs ? "" : "same"}`}
        title={`Sort by ${column.title}`}
        onClick={() => sort(column.id)}
      >
        <span class={`kind is-${column.group}`} aria-hidden="true" />
        {column.title}
        <span class="arrow" aria-hidden="true">
          {mine ? (mine.descending ? "↓" : "↑") : ""}
        </span>
        <span class="aloud">{column.group === "run" ? "" : `, ${column.group}`}</span>
      </button>
    </th>
  );
}

function Cell({ column, row, rows }: { column: Column; row: ComparedRun; rows: ComparedRun[] }) {
  const given = column.get(row);
  const part = column.group === "metric" ? share(rows, column, row) : null;
  const classes = `mono ${column.isNumeric ? "right num" : ""} ${column.differs ? "" : "faint"}`;
  if (column.id === "run:started") {
    return (
      <td class="dim nowrap right" title={moment(row.row.started_at)}>
        <Ago time={row.row.started_at} />
      </td>
    );
  }
  if (column.id === "run:took") {
    return <td class="mono right">{duration(row.row.elapsed_ms)}</td>;
  }
  return (
    <td class={classes} title={value(given ?? "", 400)}>
      {given === null || given === undefined ? (
        <span class="faint">–</span>
      ) : column.group === "metric" ? (
        metric(given)
      ) : (
        value(given, 28)
      )}
      {part !== null && (
        <span class="spark" aria-hidden="true">
          <i style={{ width: `${Math.round(100 * part)}%` }} />
        </span>
      )}
    </td>
  );
}

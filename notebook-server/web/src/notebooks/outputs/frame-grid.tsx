/** The grid of a table that a cell showed, and charts over it that become cells. */
import { useSignal } from "@preact/signals";
import { ChartBuilder } from "../../charts/builder.tsx";
import { tableAddress, withoutEnd } from "../../data/words.ts";
import { quoteName } from "../../grid/filter.ts";
import { Grid } from "../../grid/grid.tsx";
import type { GridModel } from "../../grid/model.ts";
import { href } from "../../router.ts";
import type { Desk } from "../model/desk.ts";
import { hasName } from "./shown-table.ts";

/** Rows that are seen at once. */
const ROWS = 12;
/** What queries of the page call a table that has no name. */
const NAMELESS = "shown";

export interface FrameGridProps {
  desk: Desk;
  cell: string;
  name: string;
  label: string;
  model: GridModel;
}

export function FrameGrid({ desk, cell, name, label, model }: FrameGridProps) {
  const isChart = useSignal(false);
  const info = model.info.value;
  const called = hasName(name) ? name : NAMELESS;
  const from = fromInCells(desk, cell, name);
  return (
    <div class="frame-output">
      {isChart.value && info && (
        <ChartBuilder
          source={model.source}
          columns={info.columns}
          view={model.view.value}
          from={quoteName(called)}
          tables={[{ name: called, source: model.source }]}
          keep={{
            title: "Insert as cell",
            from,
            run: (cells) => void desk.insertAndRun(cell, cells),
            name: freeName(desk, "chart_data"),
            unless: "give the table a name in its cell to make a cell of its chart",
          }}
        />
      )}
      <Grid model={model} label={hasName(name) ? name : label} rows={ROWS}>
        <button
          type="button"
          class="btn small"
          aria-pressed={isChart.value}
          onClick={() => {
            isChart.value = !isChart.peek();
          }}
        >
          Chart
        </button>
        <a class="btn small" href={href(tableAddress(model.source))}>
          Open in Data
        </a>
      </Grid>
    </div>
  );
}

/** What stands behind FROM in a cell below; null when no cell can name the table. */
function fromInCells(desk: Desk, cell: string, name: string): string | null {
  if (hasName(name)) return quoteName(name);
  if (desk.notebook.book.value.cells.get(cell)?.language !== "sql") return null;
  const sql = withoutEnd(desk.notebook.source(cell));
  // Of several statements only the last gives the rows.
  return sql.includes(";") ? null : `(\n${sql}\n) AS ${NAMELESS}`;
}

/** A name that no cell's text has yet. */
function freeName(desk: Desk, wanted: string): string {
  const { order } = desk.notebook.book.value;
  const text = order.map((id) => desk.notebook.source(id)).join("\n");
  const isTaken = (name: string) => new RegExp(`\\b${name}\\b`).test(text);
  let name = wanted;
  for (let number = 2; isTaken(name); number += 1) name = `${wanted}_${number}`;
  return name;
}

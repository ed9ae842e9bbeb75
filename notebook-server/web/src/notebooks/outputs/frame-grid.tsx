/** The grid of a table that a cell showed, and charts over it that become cells. */
import { signal } from "@preact/signals";
import { ChartBuilder } from "../../charts/builder.tsx";
import type { ChartChoice } from "../../charts/query.ts";
import { tableAddress } from "../../data/words.ts";
import { quoteName } from "../../grid/filter.ts";
import { Grid } from "../../grid/grid.tsx";
import type { GridModel } from "../../grid/model.ts";
import { href } from "../../router.ts";
import type { Desk } from "../model/desk.ts";
import { useKept } from "./kept.ts";
import { type Readable, readable } from "./readable.ts";
import { hasName, shownTable } from "./shown-table.ts";

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
  const isChart = useKept("is chart", () => signal(false));
  const choice = useKept("chart", () => signal<ChartChoice | null>(null));
  const info = model.info.value;
  const called = hasName(name) ? name : NAMELESS;
  const below = isChart.value ? readableBelow(desk, cell, name) : null;
  return (
    <div class="frame-output">
      {isChart.value && info && (
        <ChartBuilder
          source={model.source}
          columns={info.columns}
          view={model.view.value}
          from={quoteName(called)}
          tables={[{ name: called, source: model.source }]}
          choice={choice}
          keep={{
            title: "Insert as cell",
            from: below?.from ?? null,
            run: (cells) => void desk.insertAndRun(cell, [...(below?.before ?? []), ...cells]),
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

/** How cells below read the table; null when none can. */
function readableBelow(desk: Desk, cell: string, name: string): Readable | null {
  const state = desk.notebook.cell(cell).value;
  if (!state) return null;
  const shown = state.outputs.find(
    (output) => output.kind === "display" && shownTable(output.metadata)?.name === name,
  );
  const links = state.links;
  const by = {
    language: state.language,
    source: desk.notebook.source(cell),
    names: new Set([
      ...(links?.defined.map((one) => one.name) ?? []),
      ...Object.keys(links?.used ?? {}),
    ]),
    isResult: shown?.kind === "display" && shown.isResult,
  };
  return readable(name, by, freeName(desk, "chart_rows"));
}

/** A name that no cell's text has yet. */
function freeName(desk: Desk, wanted: string): string {
  const order = desk.notebook.of("order");
  // Read so that it changes with the texts.
  desk.notebook.textChanges.value;
  const text = order.map((id) => desk.notebook.source(id)).join("\n");
  const isTaken = (name: string) => new RegExp(`\\b${name}\\b`).test(text);
  let name = wanted;
  for (let number = 2; isTaken(name); number += 1) name = `${wanted}_${number}`;
  return name;
}

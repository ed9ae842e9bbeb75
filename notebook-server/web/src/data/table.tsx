/** A table with its grid, its columns in a list, and charts over it. */
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { TableSource } from "../api/types.ts";
import { ChartBuilder } from "../charts/builder.tsx";
import { Grid } from "../grid/grid.tsx";
import { GridModel } from "../grid/model.ts";
import { openInNotebook } from "./new-notebook.ts";

interface Props {
  source: TableSource;
  /** What stands behind FROM. */
  from: string;
  /** What a notebook made of it is called. */
  name: string;
  label: string;
}

export function TableLook({ source, from, name, label }: Props) {
  const model = useMemo(() => new GridModel(source), [JSON.stringify(source)]);
  const pane = useSignal<"chart" | "schema" | null>(null);
  const info = model.info.value;
  const toggle = (which: "chart" | "schema") => {
    pane.value = pane.peek() === which ? null : which;
  };
  return (
    <>
      {pane.value === "chart" && info && (
        <ChartBuilder
          source={source}
          columns={info.columns}
          view={model.view.value}
          from={from}
          {...(source.kind === "frame"
            ? // Its own notebook makes cells of charts.
              { tables: [{ name: source.name, source }] }
            : {
                keep: {
                  title: "Chart in a notebook",
                  run: (cells) => void openInNotebook(`${name}-chart`, cells),
                },
              })}
        />
      )}
      {pane.value === "schema" && info && (
        <div class="schema" tabIndex={0} role="region" aria-label="Schema">
          <table class="plain">
            <thead>
              <tr>
                <th>column</th>
                <th>type</th>
              </tr>
            </thead>
            <tbody>
              {info.columns.slice(0, 2000).map((column) => (
                <tr key={column.name}>
                  <td class="mono">{column.name}</td>
                  <td class="mono dim">{column.type}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Grid model={model} label={label}>
        {(["schema", "chart"] as const).map((which) => (
          <button
            key={which}
            type="button"
            class="btn small"
            aria-pressed={pane.value === which}
            onClick={() => toggle(which)}
          >
            {which === "chart" ? "Chart" : "Schema"}
          </button>
        ))}
      </Grid>
    </>
  );
}

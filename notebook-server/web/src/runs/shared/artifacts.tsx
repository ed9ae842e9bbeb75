/** What a task sees: a table of artifacts; one of them opened to look into it. */
import type { TaskName } from "../../api/runs.ts";
import type { ArtifactRow } from "../../api/types.ts";
import { size } from "../../format/format.ts";
import { Glyph } from "../../parts/state.tsx";
import { TaskLink } from "./task-link.tsx";

const ORIGIN: Record<string, string> = { parameter: "parameter", constant: "constant" };

/** What a value is, in a few words: its type and its shape. */
export function typeText(row: ArtifactRow): string {
  const { shape, dtype, rows, width, columns } = row.meta as Record<string, unknown>;
  const name = row.type.split(".").at(-1) ?? row.type;
  if (Array.isArray(shape)) return [name, shape.join(" × "), dtype].filter(Boolean).join(" ");
  if (typeof rows === "number") {
    // Of many columns only the first are named.
    const wide = width ?? (Array.isArray(columns) ? columns.length : columns);
    return `${name} ${rows.toLocaleString("en-US")}${wide ? ` × ${wide}` : ""}`;
  }
  return name;
}

interface Props {
  name: TaskName;
  artifacts: ArtifactRow[];
  /** Whether it may still make some. */
  isLive: boolean;
  chosen: string | null;
  choose: (artifact: string) => void;
}

export function Artifacts({ name, artifacts, isLive, chosen, choose }: Props) {
  if (artifacts.length === 0) {
    return (
      <p class="dim none">
        {isLive
          ? "Nothing yet: what a task makes is kept when it ends."
          : "It made nothing and was given nothing."}
      </p>
    );
  }
  return (
    <div class="scroll-x">
      <table class="plain artifacts">
        <thead>
          <tr>
            <th>name</th>
            <th>type</th>
            <th>value</th>
            <th class="right">size</th>
            <th>made by</th>
          </tr>
        </thead>
        <tbody>
          {artifacts.map((row) => (
            <tr
              key={row.name}
              class={row.name === chosen ? "chosen" : ""}
              onClick={(event) => {
                if (!(event.target as Element).closest("a, button")) choose(row.name);
              }}
            >
              <td>
                <button
                  type="button"
                  class="as-link mono"
                  aria-haspopup="dialog"
                  onClick={() => choose(row.name)}
                >
                  {row.name}
                </button>
              </td>
              <td class="mono dim type" title={`${row.type}, stored as ${row.codec}`}>
                {typeText(row)}
              </td>
              <td class="mono preview" title={row.preview ?? undefined}>
                <span class="cut">{row.preview}</span>
              </td>
              <td class="right num mono">{size(row.size)}</td>
              <td class="maker">
                <Maker row={row} name={name} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Maker({ row, name }: { row: ArtifactRow; name: TaskName }) {
  const within = `${name.flow}/${name.run}`;
  if (row.computed_by) {
    return (
      <span class="line tone-reused">
        <Glyph state="reused" size={10} />
        <span class="aloud">reused from</span>
        <TaskLink pathspec={row.computed_by} within={within} />
      </span>
    );
  }
  if (row.origin === "own") return <span class="dim">this task</span>;
  if (row.made_by) return <TaskLink pathspec={row.made_by} within={within} />;
  return <span class="dim">{ORIGIN[row.origin] ?? row.origin}</span>;
}

/** A look into a value: table, array, JSON, text, picture; never more than the server shows. */
import type { Preview } from "../../api/types.ts";
import { count, number, value } from "../../format/format.ts";
import { Tree } from "../../parts/tree.tsx";
import { Words } from "../../parts/words.tsx";

export function PreviewView({ preview }: { preview: Preview }) {
  switch (preview.kind) {
    case "text":
      return (
        <>
          <pre class="look" tabIndex={0} role="region" aria-label="Text">
            {preview.text}
          </pre>
          {preview.is_cut && <p class="dim">The text goes on; this is its beginning.</p>}
        </>
      );
    case "json":
      return (
        <div class="look">
          <Tree value={preview.value} />
        </div>
      );
    case "table":
      return <TableLook preview={preview} />;
    case "array":
      return <ArrayLook preview={preview} />;
    case "image":
      return (
        <img
          class="picture"
          alt="The artifact"
          src={`data:${preview.media_type};base64,${preview.base64}`}
        />
      );
    case "none":
      return (
        <p class="dim">
          <Words text={preview.why} />
        </p>
      );
  }
}

/** By the column, not by its cells: "NaN" comes as text. */
function isNumeric(type: string | undefined): boolean {
  return /^(u?int|float|decimal)/i.test(type ?? "");
}

function TableLook({ preview }: { preview: Extract<Preview, { kind: "table" }> }) {
  return (
    <>
      <div class="look table" tabIndex={0} role="region" aria-label="Rows">
        <table class="plain">
          <thead>
            <tr>
              {preview.columns.map((column) => (
                <th key={column.name} class={isNumeric(column.type) ? "right" : ""}>
                  {column.name} <span class="faint mono">{column.type}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.rows.map((row, at) => (
              <tr key={at}>
                {row.map((cell, column) => (
                  <td
                    key={column}
                    class={isNumeric(preview.columns[column]?.type) ? "right num mono" : "mono"}
                  >
                    {cell === null ? <span class="faint">null</span> : value(cell, 120)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="dim">
        {preview.rows.length < preview.total_rows
          ? `The first ${number(preview.rows.length)} of ${count(preview.total_rows, "row")}`
          : count(preview.total_rows, "row")}
        , {count(preview.columns.length, "column")}
      </p>
    </>
  );
}

function ArrayLook({ preview }: { preview: Extract<Preview, { kind: "array" }> }) {
  const isWhole =
    preview.corner.reduce((sum, row) => sum + row.length, 0) >=
    preview.shape.reduce((a, b) => a * b, 1);
  return (
    <>
      <div class="look table" tabIndex={0} role="region" aria-label="Numbers">
        <table class="plain">
          <tbody>
            {preview.corner.map((row, at) => (
              <tr key={at}>
                {row.map((cell, column) => (
                  <td key={column} class="right num mono">
                    {value(cell, 24)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="dim">
        {preview.dtype}, {preview.shape.length > 0 ? preview.shape.join(" × ") : "a single number"}
        {!isWhole && "; a corner of it is shown"}
      </p>
    </>
  );
}

/** A chart as a notebook's cells: a query whose result has a name, and Python that shows it. */
import type { ChartQuery } from "./query.ts";

export interface NewCell {
  language: "sql" | "python" | "markdown";
  source: string;
}

export function chartCells(query: ChartQuery, name = "chart_data"): NewCell[] {
  const spec = python({
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    ...query.spec,
  });
  return [
    { language: "sql", source: `-- out: ${name}\n${query.sql}` },
    {
      language: "python",
      // Its names are its own: a notebook's `rows` or `values` stay what they are.
      source: [
        `def draw_${name}(frame):`,
        "    def plain(value):",
        '        value = value.item() if hasattr(value, "item") else value',
        "        if value is None or value != value:",
        "            return None",
        "        return value if isinstance(value, (bool, int, float, str)) else str(value)",
        "",
        "    names = list(frame.columns)",
        "    rows = zip(*(frame[column] for column in names))",
        "    values = [dict(zip(names, map(plain, row))) for row in rows]",
        `    spec = ${spec.replaceAll("\n", "\n    ")}`,
        '    spec["data"] = {"values": values}',
        '    display({"application/vnd.vegalite.v5+json": spec}, raw=True)',
        "",
        "",
        `draw_${name}(${name})`,
      ].join("\n"),
    },
  ];
}

/** JSON as Python writes it. */
export function python(value: unknown, indent = ""): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  const inner = `${indent}    `;
  const items = Array.isArray(value)
    ? value.map((item) => python(item, inner))
    : Object.entries(value).map(
        ([name, item]) => `${JSON.stringify(name)}: ${python(item, inner)}`,
      );
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  const line = `${open}${items.join(", ")}${close}`;
  if (line.length + indent.length < 80 && !line.includes("\n")) return line;
  return `${open}\n${items.map((item) => `${inner}${item},`).join("\n")}\n${indent}${close}`;
}

/** A notebook with such cells, as its file has it (nbformat 4.5). */
export function notebookOf(cells: NewCell[]): string {
  const document = {
    cells: cells.map(({ language, source }, at) => {
      const isCode = language !== "markdown";
      const marked = language === "sql" ? `%%sql\n${source}` : source;
      return {
        cell_type: isCode ? "code" : "markdown",
        id: `cell${at + 1}`,
        metadata: language === "sql" ? { language } : {},
        source: marked.split(/(?<=\n)/),
        ...(isCode ? { execution_count: null, outputs: [] } : {}),
      };
    }),
    metadata: { kernelspec: { display_name: "Flownote", language: "python", name: "flownote" } },
    nbformat: 4,
    nbformat_minor: 5,
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

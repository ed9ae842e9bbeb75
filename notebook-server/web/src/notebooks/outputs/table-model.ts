/** `application/vnd.flownote.table+json`, read with care: files come from anywhere. */

export type TableValue = string | number | boolean | null;

export interface TableData {
  total: number;
  width: number;
  columns: { name: string; type: string }[];
  rows: TableValue[][];
}

export function readTable(data: unknown): TableData | null {
  if (typeof data !== "object" || data === null) return null;
  const { version, total, width, columns, rows } = data as Record<string, unknown>;
  if (version !== 1 || !Array.isArray(columns) || !Array.isArray(rows)) return null;
  const heads = columns.map((column: { name?: unknown; type?: unknown } | null) => ({
    name: String(column?.name ?? ""),
    type: String(column?.type ?? ""),
  }));
  const plain = rows.filter(Array.isArray).map((row: unknown[]) =>
    heads.map((_, at): TableValue => {
      const value = row[at] ?? null;
      return value === null || ["string", "number", "boolean"].includes(typeof value)
        ? (value as TableValue)
        : JSON.stringify(value);
    }),
  );
  return {
    total: typeof total === "number" ? total : plain.length,
    width: typeof width === "number" ? width : heads.length,
    columns: heads,
    rows: plain,
  };
}

/** The places of the rows in the order of a column; nulls last either way. */
export function sorted(table: TableData, by: { column: number; down: boolean } | null): number[] {
  const order = table.rows.map((_, at) => at);
  if (!by) return order;
  const value = (at: number) => table.rows[at]![by.column] ?? null;
  return order.sort((a, b) => {
    const [one, other] = [value(a), value(b)];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    return compare(one, other) * (by.down ? -1 : 1);
  });
}

function compare(one: NonNullable<TableValue>, other: NonNullable<TableValue>): number {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return String(one).localeCompare(String(other), "en", { numeric: true });
}

export function asCsv(table: TableData): string {
  const field = (value: TableValue) => {
    const text = value === null ? "" : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [table.columns.map(({ name }) => name), ...table.rows];
  return `${lines.map((line) => line.map(field).join(",")).join("\n")}\n`;
}

export function asMarkdown(table: TableData): string {
  const field = (value: TableValue) =>
    (value === null ? "" : String(value)).replaceAll("|", "\\|").replaceAll("\n", " ");
  const line = (values: TableValue[]) => `| ${values.map(field).join(" | ")} |`;
  const heads = table.columns.map(({ name }) => name);
  return `${[line(heads), line(heads.map(() => "---")), ...table.rows.map(line)].join("\n")}\n`;
}

/** Cells as text for elsewhere: TSV for spreadsheets, CSV, Markdown. */

export type CellValue = string | number | boolean | null;
export type Form = "TSV" | "CSV" | "Markdown";

export function write(form: Form, heads: string[], rows: CellValue[][]): string {
  switch (form) {
    case "TSV":
      return separated("\t", rows, heads);
    case "CSV":
      return separated(",", rows, heads);
    case "Markdown":
      return markdown(heads, rows);
  }
}

function text(value: CellValue | undefined): string {
  return value === null || value === undefined ? "" : String(value);
}

/** RFC 4180, whatever stands between the fields. */
function separated(by: string, rows: CellValue[][], heads: string[]): string {
  const field = (value: CellValue) => {
    const plain = text(value);
    const needsQuotes = /["\n\r]/.test(plain) || plain.includes(by);
    return needsQuotes ? `"${plain.replaceAll('"', '""')}"` : plain;
  };
  const lines = heads.length > 0 ? [heads as CellValue[], ...rows] : rows;
  return `${lines.map((line) => line.map(field).join(by)).join("\n")}\n`;
}

function markdown(heads: string[], rows: CellValue[][]): string {
  const field = (value: CellValue) =>
    text(value)
      .replaceAll("\\", "\\\\")
      .replaceAll("|", "\\|")
      .replace(/[\n\r]+/g, " ");
  const line = (values: CellValue[]) => `| ${values.map(field).join(" | ")} |`;
  return `${[line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n")}\n`;
}

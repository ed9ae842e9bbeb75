/** One value in a grid: null is told apart from the text, numbers have their digits in line. */
import type { ColumnKind } from "../api/types.ts";
import { number as grouped } from "../format/format.ts";
import type { CellValue } from "./copy.ts";

export function CellText({ value, kind }: { value: CellValue | undefined; kind: ColumnKind }) {
  if (value === undefined) return <span class="coming" aria-hidden="true" />;
  if (value === null) return <span class="null">null</span>;
  if (value === "NaN" && kind === "number") return <span class="null">NaN</span>;
  if (value === "" && kind === "text") return <span class="null">empty</span>;
  return <>{shown(value)}</>;
}

/** A value in a line. Numbers are shown with the digits that say something. */
export function shown(value: CellValue): string {
  if (typeof value !== "number") return oneLine(String(value ?? "null"));
  if (Number.isInteger(value)) return Math.abs(value) >= 100_000 ? grouped(value) : String(value);
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e9) return value.toExponential(4);
  return String(Number(value.toPrecision(7)));
}

function oneLine(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text.replace(/[\n\r]+/g, " ⏎ ");
}

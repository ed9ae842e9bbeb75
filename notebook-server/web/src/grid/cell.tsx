/** One value in a grid: null is told apart from the text, numbers have their digits in line. */
import type { ColumnKind } from "../api/types.ts";
import { number as grouped } from "../format/format.ts";
import type { CellValue } from "./copy.ts";

/** Digits behind the point that a column leaves room for. */
const MOST_DECIMALS = 7;

interface Props {
  value: CellValue | undefined;
  kind: ColumnKind;
  /** The most digits behind the point in its column: points stand below each other. */
  decimals: number;
}

export function CellText({ value, kind, decimals }: Props) {
  if (value === undefined) return <span class="coming" aria-hidden="true" />;
  if (value === null) return <span class="null">null</span>;
  if (value === "NaN" && kind === "number") return <span class="null">NaN</span>;
  if (value === "" && kind === "text") return <span class="null">empty</span>;
  const text = shown(value);
  const room = kind === "number" ? places(decimals) - places(decimalsIn(text)) : 0;
  if (room > 0) return <span style={{ paddingRight: `${room}ch` }}>{text}</span>;
  return <>{text}</>;
}

/** Digits that a value is shown with behind its point. */
export function decimalsOf(value: CellValue): number {
  return typeof value === "number" ? decimalsIn(shown(value)) : 0;
}

function decimalsIn(text: string): number {
  const [, behind] = /^-?\d+\.(\d+)$/.exec(text) ?? [];
  return Math.min(behind?.length ?? 0, MOST_DECIMALS);
}

/** What so many digits take, with their point. */
function places(decimals: number): number {
  return decimals === 0 ? 0 : decimals + 1;
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

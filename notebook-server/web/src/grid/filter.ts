/**
 * What people type to filter a column, as a condition of SQL.
 *
 * | typed | means |
 * |---|---|
 * | `abc` | has the text, in any case; of numbers: equals |
 * | `= abc`, `!= abc` | is, is not |
 * | `> 5`, `>= 5`, `< 5`, `<= 5` | greater, at least, … |
 * | `1..5` | from 1 to 5 |
 * | `null`, `!null` | has no value, has one |
 */
import type { ColumnKind, TableColumn } from "../api/types.ts";

const COMPARES = /^(>=|<=|!=|<>|==|=|>|<)\s*(.*)$/s;

/** A name as SQL writes it. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL writes it. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The condition, or what is wrong with it; null when nothing was typed. */
export function condition(
  typed: string,
  { name: column, kind, type }: Pick<TableColumn, "name" | "kind" | "type">,
): { sql: string } | { problem: string } | null {
  const text = typed.trim();
  const name = quoteName(column);
  // pandas has NaN where others have null, and NaN is greater than all numbers.
  const isFraction = /^(double|float|halffloat)$/.test(type);
  const isNumber = isFraction ? ` AND NOT isnan(${name})` : "";
  if (text === "") return null;
  if (/^null$/i.test(text))
    return { sql: `${name} IS NULL${isFraction ? ` OR isnan(${name})` : ""}` };
  if (/^!\s*null$/i.test(text)) return { sql: `${name} IS NOT NULL${isNumber}` };
  const value = (given: string) => literal(given.trim(), kind);
  const range = /^(\S+)\s*\.\.\s*(\S+)$/.exec(text);
  if (range && (kind === "number" || kind === "time")) {
    const [from, to] = [value(range[1]!), value(range[2]!)];
    if (from === null || to === null) return { problem: wrong(text, kind) };
    return { sql: `${name} BETWEEN ${from} AND ${to}` };
  }
  const compared = COMPARES.exec(text);
  if (compared) {
    const [, sign, given] = compared as unknown as [string, string, string];
    const literal = value(given);
    if (literal === null) return { problem: wrong(given, kind) };
    const operator = sign === "==" ? "=" : sign === "<>" ? "!=" : sign;
    return { sql: `${name} ${operator} ${literal}${/[>!]/.test(operator) ? isNumber : ""}` };
  }
  if (kind === "number" || kind === "boolean") {
    const literal = value(text);
    if (literal === null) return { problem: wrong(text, kind) };
    return { sql: `${name} = ${literal}` };
  }
  const pattern = text.replace(/[\\%_]/g, "\\$&");
  const shown = kind === "text" ? name : `CAST(${name} AS VARCHAR)`;
  return { sql: `${shown} ILIKE ${quoteText(`%${pattern}%`)}` };
}

function literal(text: string, kind: ColumnKind): string | null {
  if (kind === "number") return isNumber(text) ? text : null;
  if (kind === "boolean") return /^(true|false)$/i.test(text) ? text.toLowerCase() : null;
  return quoteText(text);
}

function isNumber(text: string): boolean {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text);
}

function wrong(text: string, kind: ColumnKind): string {
  const example = kind === "boolean" ? "true or false" : "5, > 5, 1..5 or null";
  return `“${text}” is no ${kind === "boolean" ? "truth" : "number"}: write ${example}`;
}

/** All conditions together; null when there is none. */
export function all(conditions: string[]): string | null {
  if (conditions.length === 0) return null;
  return conditions.map((one) => `(${one})`).join(" AND ");
}

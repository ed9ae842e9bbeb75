/** Tables in words: as people name them, and as queries do. */
import { withQuery } from "../api/client.ts";
import { sourceWords } from "../api/data.ts";
import type { CatalogEntry, TableSource } from "../api/types.ts";
import { fileName } from "../format/format.ts";
import { quoteName, quoteText } from "../grid/filter.ts";

/** What stands behind FROM. */
export function fromOf(source: TableSource, sql: string | null = null): string {
  switch (source.kind) {
    case "artifact":
      return quoteText(source.pathspec);
    case "file":
      return quoteText(source.path);
    case "result":
      return sql === null ? "result" : `(\n${withoutEnd(sql)}\n) AS result`;
    case "frame":
      return quoteName(source.name);
  }
}

/** A query without the semicolon that ends it. */
export function withoutEnd(sql: string): string {
  return sql.trim().replace(/;\s*$/, "");
}

export function nameOf(source: TableSource): string {
  switch (source.kind) {
    case "artifact":
      return source.pathspec.split("/").at(-1) ?? source.pathspec;
    case "file":
      return fileName(source.path);
    case "result":
      return "Result";
    case "frame":
      return source.name;
  }
}

/** The address of the place Data that shows a table. */
export function tableAddress(source: TableSource): string {
  return withQuery("/data", sourceWords(source));
}

export function isSame(one: TableSource | null, entry: CatalogEntry): boolean {
  const other = entry.table;
  if (!one || !other || one.kind !== other.kind) return false;
  if (one.kind === "artifact" && other.kind === "artifact") return one.pathspec === other.pathspec;
  return one.kind === "file" && other.kind === "file" && one.path === other.path;
}

/** Names of tables that a query names in quotes behind FROM or JOIN. */
export function namedIn(sql: string): string[] {
  const found = sql.matchAll(/\b(?:from|join)\s+(?:'((?:[^']|'')+)'|"((?:[^"]|"")+)")/gi);
  return [...found].map(([, single, double]) =>
    single === undefined ? (double ?? "").replaceAll('""', '"') : single.replaceAll("''", "'"),
  );
}

/** What a name behind FROM means: five parts without an ending are an artifact's. */
export function sourceNamed(name: string): TableSource {
  const isArtifact = name.split("/").length === 5 && !/\.\w+$/.test(name);
  return isArtifact ? { kind: "artifact", pathspec: name } : { kind: "file", path: name };
}

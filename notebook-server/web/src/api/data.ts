/** Tables: what there is, pages of it, what columns are made of, queries. */
import { address, get, postWith, withQuery } from "./client.ts";
import type {
  CatalogList,
  ColumnStatistics,
  QueryAnswer,
  TableInfo,
  TablePage,
  TableQuery,
  TableSource,
  TableView,
} from "./types.ts";

type Words = Record<string, string | number | null | undefined | string[]>;

/** A table as addresses name it. */
export function sourceWords(source: TableSource): Words {
  switch (source.kind) {
    case "artifact":
      return { artifact: source.pathspec };
    case "file":
      return { file: source.path };
    case "result":
      return { result: source.id };
    case "frame":
      return { notebook: source.notebook, cell: source.cell, name: source.name };
  }
}

/** A table that addresses name; null when they name none. */
export function sourceOf(words: URLSearchParams): TableSource | null {
  const [pathspec, path, id] = ["artifact", "file", "result"].map((name) => words.get(name));
  if (pathspec) return { kind: "artifact", pathspec };
  if (path) return { kind: "file", path };
  if (id) return { kind: "result", id };
  const [notebook, cell, name] = ["notebook", "cell", "name"].map((word) => words.get(word));
  if (notebook && cell && name) return { kind: "frame", notebook, cell, name };
  return null;
}

function viewWords({ sort, filter, search }: TableView): Words {
  return { sort, filter, search };
}

export function openTable(source: TableSource, signal?: AbortSignal): Promise<TableInfo> {
  return get(withQuery(address("data", "table"), sourceWords(source)), signal);
}

export interface Window {
  from: number;
  limit: number;
  first_column: number;
  columns: number;
  /** Whether long texts are whole. */
  whole?: boolean;
}

export function tablePage(
  source: TableSource,
  view: TableView,
  window: Window,
  signal?: AbortSignal,
): Promise<TablePage> {
  const { whole, ...place } = window;
  const words = { ...sourceWords(source), ...viewWords(view), ...place, whole: whole ? 1 : null };
  return get(withQuery(address("data", "page"), words), signal);
}

export function columnStatistics(
  source: TableSource,
  view: TableView,
  column: string,
  signal?: AbortSignal,
): Promise<ColumnStatistics> {
  const words = { ...sourceWords(source), ...viewWords({ ...view, sort: [] }), column };
  return get(withQuery(address("data", "statistics"), words), signal);
}

export function runQuery(query: TableQuery, signal?: AbortSignal): Promise<QueryAnswer> {
  return postWith(address("data", "query"), query, signal);
}

export function catalog(name: string, path: string, signal?: AbortSignal): Promise<CatalogList> {
  return get(withQuery(address("data", "catalog"), { catalog: name, path }), signal);
}

export function searchTables(text: string, signal?: AbortSignal): Promise<CatalogList> {
  return get(withQuery(address("data", "search"), { text }), signal);
}

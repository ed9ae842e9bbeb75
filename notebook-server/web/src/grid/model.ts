/** A table that is looked at: its view, the pages that came, what its columns are made of. */
import { batch, computed, signal } from "@preact/signals";
import { columnStatistics, openTable, tablePage } from "../api/data.ts";
import { asProblem, type ProblemText } from "../api/problem.ts";
import type {
  ColumnStatistics,
  TableColumn,
  TableInfo,
  TablePage,
  TableSource,
  TableView,
} from "../api/types.ts";
import { decimalsOf } from "./cell.tsx";
import type { CellValue } from "./copy.ts";
import { all, condition } from "./filter.ts";

/** Rows and columns of a page: what is asked for at once. */
const ROWS = 200;
const COLUMNS = 50;
/** Pages that are kept. */
const KEPT = 120;
/** Columns that are summed up at once. */
const AT_ONCE = 2;

export interface Sort {
  column: string;
  down: boolean;
}

type Block = { page: TablePage | null; abort: AbortController };

export class GridModel {
  readonly info = signal<TableInfo | null>(null);
  readonly problem = signal<ProblemText | null>(null);
  readonly sort = signal<Sort | null>(null);
  readonly search = signal("");
  /** What was typed to filter columns, by name. */
  readonly typed = signal<Record<string, string>>({});
  /** Rows that the view has; null as long as nobody knows. */
  readonly total = signal<number | null>(null);
  /** Counts what came, for whoever shows it. */
  readonly came = signal(0);
  /** Widths that columns were drawn to, by name. */
  readonly drawn = signal<Record<string, number>>({});
  readonly summaries = signal<Record<string, ColumnStatistics>>({});
  private blocks = new Map<string, Block>();
  private summing = new Map<string, AbortController>();
  private wanted: string[] = [];
  /** The most digits behind the point that were seen in a column, by its place. */
  private mostDecimals = new Map<number, number>();
  private ended = new AbortController();

  readonly columns = computed<TableColumn[]>(() => this.info.value?.columns ?? []);
  readonly view = computed<TableView>(() => {
    const conditions: string[] = [];
    for (const column of this.columns.value) {
      const found = condition(this.typed.value[column.name] ?? "", column);
      if (found && "sql" in found) conditions.push(found.sql);
    }
    const sort = this.sort.value;
    return {
      sort: sort ? [(sort.down ? "-" : "") + sort.column] : [],
      filter: all(conditions),
      search: this.search.value.trim() || null,
    };
  });

  constructor(readonly source: TableSource) {}

  /** Opens the table, once more when it was closed: its view is as it was left. */
  async open(): Promise<void> {
    if (this.ended.signal.aborted) this.ended = new AbortController();
    if (this.info.peek()) return;
    this.problem.value = null;
    const { signal } = this.ended;
    try {
      const info = await openTable(this.source, signal);
      if (signal.aborted) return;
      batch(() => {
        this.info.value = info;
        this.total.value = info.rows;
      });
    } catch (error) {
      if (!signal.aborted) this.problem.value = asProblem(error);
    }
  }

  /** Ends what is asked for. */
  close(): void {
    this.ended.abort();
    this.forget();
    for (const abort of this.summing.values()) abort.abort();
  }

  /** Sorts by a column: up, down, as it came. */
  turn(column: string): void {
    const now = this.sort.peek();
    if (now?.column !== column) this.change(() => this.setSort({ column, down: false }));
    else this.change(() => this.setSort(now.down ? null : { column, down: true }));
  }

  sortBy(sort: Sort | null): void {
    this.change(() => this.setSort(sort));
  }

  filterBy(column: string, typed: string): void {
    const { [column]: _, ...others } = this.typed.peek();
    this.change(() => {
      this.typed.value = typed.trim() === "" ? others : { ...others, [column]: typed };
    });
  }

  searchFor(text: string): void {
    if (text === this.search.peek()) return;
    this.change(() => {
      this.search.value = text;
    });
  }

  /** The table as it is. */
  clear(): void {
    this.change(() => {
      this.search.value = "";
      this.typed.value = {};
    });
  }

  private setSort(sort: Sort | null): void {
    this.sort.value = sort;
  }

  private change(how: () => void): void {
    const before = this.view.peek();
    batch(how);
    const after = this.view.peek();
    const rows = (view: TableView) => JSON.stringify([view.filter, view.search]);
    if (rows(before) !== rows(after)) {
      for (const abort of this.summing.values()) abort.abort();
      this.summing.clear();
      batch(() => {
        this.summaries.value = {};
        this.total.value = after.filter || after.search ? null : (this.info.peek()?.rows ?? null);
      });
    }
    if (JSON.stringify(before) !== JSON.stringify(after)) this.forget();
  }

  private forget(): void {
    for (const { abort } of this.blocks.values()) abort.abort();
    this.blocks.clear();
    this.problem.value = null;
    this.came.value += 1;
  }

  /** A cell; undefined as long as it hasn't come. */
  cell(row: number, column: number): CellValue | undefined {
    const block = this.blocks.get(key(row, column))?.page;
    return block?.cells[column % COLUMNS]?.[row % ROWS] as CellValue | undefined;
  }

  /** The most digits behind the point that were seen in a column. */
  decimals(column: number): number {
    return this.mostDecimals.get(column) ?? 0;
  }

  private noteDecimals(page: TablePage, first: number): void {
    page.cells.forEach((cells, at) => {
      const column = first + at;
      if (this.columns.peek()[column]?.kind !== "number") return;
      const most = (cells as CellValue[]).reduce<number>(
        (most, value) => Math.max(most, decimalsOf(value)),
        this.decimals(column),
      );
      this.mostDecimals.set(column, most);
    });
  }

  /** The number of a row in the table. */
  number(row: number, column: number): number | undefined {
    return this.blocks.get(key(row, column))?.page?.numbers[row % ROWS];
  }

  /** Asks for what is seen; what was asked for and isn't seen any more ends. */
  need(rows: [number, number], columns: [number, number]): void {
    if (!this.info.peek()) return;
    const seen = new Set<string>();
    for (let row = floor(rows[0], ROWS); row < Math.max(1, rows[1]); row += ROWS)
      for (
        let column = floor(columns[0], COLUMNS);
        column < Math.max(1, columns[1]);
        column += COLUMNS
      )
        seen.add(key(row, column));
    for (const [name, block] of this.blocks) {
      if (block.page || seen.has(name)) continue;
      block.abort.abort();
      this.blocks.delete(name);
    }
    for (const name of seen) {
      const known = this.blocks.get(name);
      if (!known) void this.ask(name);
      else if (known.page) {
        // The last one seen is the last one to go.
        this.blocks.delete(name);
        this.blocks.set(name, known);
      }
    }
    for (const [name, block] of this.blocks) {
      if (this.blocks.size <= KEPT) break;
      if (block.page && !seen.has(name)) this.blocks.delete(name);
    }
  }

  private async ask(name: string): Promise<void> {
    const [row, column] = name.split(":").map(Number) as [number, number];
    const block: Block = { page: null, abort: new AbortController() };
    this.blocks.set(name, block);
    const window = { from: row, limit: ROWS, first_column: column, columns: COLUMNS };
    try {
      const page = await tablePage(this.source, this.view.peek(), window, block.abort.signal);
      if (block.abort.signal.aborted) return;
      block.page = page;
      this.noteDecimals(page, column);
      batch(() => {
        this.total.value = page.total;
        this.problem.value = null;
        this.came.value += 1;
      });
    } catch (error) {
      if (block.abort.signal.aborted) return;
      this.blocks.delete(name);
      this.problem.value = asProblem(error);
    }
  }

  /** A stretch of cells with whole texts, to be copied. */
  async stretch(from: [number, number], to: [number, number]): Promise<TablePage> {
    return tablePage(this.source, this.view.peek(), {
      from: from[0],
      limit: to[0] - from[0] + 1,
      first_column: from[1],
      columns: to[1] - from[1] + 1,
      whole: true,
    });
  }

  /** Sums columns up, a few at once; those that aren't seen any more can wait. */
  sumUp(columns: string[]): void {
    const known = this.summaries.peek();
    this.wanted = columns.filter((name) => !(name in known) && !this.summing.has(name));
    this.sumUpNext();
  }

  private sumUpNext(): void {
    while (this.summing.size < AT_ONCE) {
      const column = this.wanted.shift();
      if (column === undefined) return;
      const abort = new AbortController();
      this.summing.set(column, abort);
      columnStatistics(this.source, this.view.peek(), column, abort.signal)
        .then((summary) => {
          if (!abort.signal.aborted)
            this.summaries.value = { ...this.summaries.peek(), [column]: summary };
        })
        // A column that can't be summed up has no histogram; its cells say the rest.
        .catch(() => {})
        .finally(() => {
          if (this.summing.get(column) === abort) this.summing.delete(column);
          if (!this.ended.signal.aborted && !abort.signal.aborted) this.sumUpNext();
        });
    }
  }
}

function floor(value: number, step: number): number {
  return Math.max(0, value - (value % step));
}

function key(row: number, column: number): string {
  return `${floor(row, ROWS)}:${floor(column, COLUMNS)}`;
}

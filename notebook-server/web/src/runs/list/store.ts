/** The runs that are shown: pages as they are scrolled to, kept current by the server's events. */
import { batch, signal } from "@preact/signals";
import { address } from "../../api/client.ts";
import { listen } from "../../api/events.ts";
import { asProblem, type ProblemText } from "../../api/problem.ts";
import { type RunQuery, searchRuns } from "../../api/runs.ts";
import type { RunEvent, RunRow } from "../../api/types.ts";

const PAGE = 200;
/** Events come in bursts; the list is asked anew at most this often. */
const CALM_MS = 400;

export function sameRun(one: RunRow, other: RunRow): boolean {
  return one.run === other.run && one.flow === other.flow;
}

/** The fresh first page before those rows of the old list that lie beyond it. */
export function joined(first: RunRow[], old: RunRow[]): RunRow[] {
  const last = first.at(-1);
  if (!last) return first;
  const cut = old.findIndex((row) => sameRun(row, last));
  return cut < 0 ? first : [...first, ...old.slice(cut + 1)];
}

export class RunStore {
  readonly rows = signal<RunRow[] | null>(null);
  readonly more = signal<string | null>(null);
  /** How many there are on all pages, where the server knows. */
  readonly total = signal<number | null>(null);
  readonly problem = signal<ProblemText | null>(null);
  readonly busy = signal(false);
  private abort = new AbortController();
  private timer = 0;

  constructor(private readonly query: () => RunQuery) {}

  /** Loads the first page and follows the store's events; ends with the returned function. */
  start(): () => void {
    void this.load();
    const stop = listen(address("events"), {
      on: { run: (data) => this.happened(data as RunEvent) },
      // What began or ended while nobody listened is asked for.
      opened: () => this.soon(),
    });
    return () => {
      stop();
      clearTimeout(this.timer);
      this.abort.abort();
    };
  }

  /** Loads the first page anew; the further ones stay. */
  async load(): Promise<void> {
    const mine = this.abort.signal;
    this.busy.value = true;
    try {
      const page = await searchRuns({ ...this.query(), limit: PAGE }, mine);
      const before = this.rows.peek();
      batch(() => {
        const rows = before ? joined(page.runs, before) : page.runs;
        // With rows beyond the first page, its cursor isn't the list's.
        if (rows.length === page.runs.length) this.more.value = page.more;
        this.rows.value = rows;
        this.total.value = page.total;
        this.problem.value = null;
        this.busy.value = false;
      });
    } catch (error) {
      if (mine.aborted) return;
      this.problem.value = asProblem(error);
      this.busy.value = false;
    }
  }

  /** Loads the page after the last one. */
  async loadMore(): Promise<void> {
    const before = this.more.peek();
    if (!before || this.busy.peek()) return;
    this.busy.value = true;
    const mine = this.abort.signal;
    try {
      const page = await searchRuns({ ...this.query(), limit: PAGE, before }, mine);
      batch(() => {
        this.rows.value = [...(this.rows.peek() ?? []), ...page.runs];
        this.more.value = page.more;
        this.busy.value = false;
      });
    } catch (error) {
      if (mine.aborted) return;
      this.problem.value = asProblem(error);
      this.busy.value = false;
    }
  }

  private happened({ row }: RunEvent): void {
    const rows = this.rows.peek();
    const at = rows?.findIndex((other) => sameRun(other, row)) ?? -1;
    if (rows && at >= 0 && rows[at]?.status === row.status) {
      // Only its numbers changed: whether it fits the filter didn't.
      this.rows.value = rows.with(at, row);
    } else {
      this.soon();
    }
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.load(), CALM_MS);
  }
}

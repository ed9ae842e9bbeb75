/** The lines of a log as they are known: some pages of them, and how many there are. */
import { batch, signal } from "@preact/signals";
import { asProblem, type ProblemText } from "../../api/problem.ts";
import { type LogQuery, type TaskName, taskLog } from "../../api/runs.ts";
import type { LogPage, LogRow } from "../../api/types.ts";
import { Pages } from "../run/pages.ts";

const PAGE = 500;

export class LogModel {
  /** How many lines there are; null until the first answer. */
  readonly total = signal<number | null>(null);
  readonly problem = signal<ProblemText | null>(null);
  readonly cutBytes = signal(0);
  /** The length of the longest line that was seen. */
  readonly widest = signal(40);
  readonly rows: Pages<LogRow>;
  private readonly abort = new AbortController();
  private growing = false;

  constructor(
    private readonly name: TaskName,
    private readonly query: LogQuery,
  ) {
    this.rows = new Pages(PAGE, async (from, limit) => {
      const page = await taskLog(name, { ...query, from, limit }, this.abort.signal);
      this.learn(page);
      return page.lines;
    });
  }

  start(): () => void {
    void this.grow();
    return () => this.abort.abort();
  }

  want(first: number, last: number): void {
    this.rows.want([first, last]);
  }

  /** Asks for what came after the last known line, and for that line: it may have gone on. */
  async grow(): Promise<void> {
    if (this.growing) return;
    this.growing = true;
    const from = Math.max(0, (this.total.peek() ?? 0) - 1);
    try {
      const page = await taskLog(
        this.name,
        { ...this.query, from, limit: PAGE },
        this.abort.signal,
      );
      batch(() => {
        // With a jump of more than a page, what lies between is fetched when it is seen.
        page.lines.forEach((line, at) => {
          this.rows.set(from + at, line);
        });
        this.learn(page);
        this.problem.value = null;
      });
    } catch (error) {
      if (!this.abort.signal.aborted) this.problem.value = asProblem(error);
    }
    this.growing = false;
  }

  private learn(page: LogPage): void {
    batch(() => {
      this.total.value = page.total;
      this.cutBytes.value = page.cut_bytes;
      const longest = page.lines.reduce((most, line) => Math.max(most, line.text.length), 0);
      if (longest > this.widest.peek()) this.widest.value = longest;
    });
  }
}

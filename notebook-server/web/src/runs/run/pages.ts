/** Rows of a long list, fetched a page at a time as they are looked at. */
import { signal } from "@preact/signals";

export class Pages<T> {
  /** Counts what arrived: whoever reads it sees the rows anew. */
  readonly version = signal(0);
  private readonly rows = new Map<number, T>();
  private readonly asked = new Map<number, number>();
  private generation = 0;

  constructor(
    private readonly size: number,
    private readonly load: (from: number, limit: number) => Promise<T[]>,
  ) {}

  at(index: number): T | undefined {
    return this.rows.get(index);
  }

  set(index: number, row: T): void {
    this.rows.set(index, row);
    this.version.value += 1;
  }

  /** Asks for the pages in which these rows lie, unless they are there or under way. */
  want(indices: Iterable<number>): void {
    const pages = new Set<number>();
    for (const index of indices) {
      const page = Math.floor(index / this.size);
      if (this.asked.get(page) !== this.generation) pages.add(page);
    }
    for (const page of pages) void this.fetch(page);
  }

  /** What is there may be old: it stays, and is asked for anew when it is next looked at. */
  expire(): void {
    this.generation += 1;
  }

  private async fetch(page: number): Promise<void> {
    const mine = this.generation;
    this.asked.set(page, mine);
    const from = page * this.size;
    try {
      const found = await this.load(from, this.size);
      found.forEach((row, at) => {
        this.rows.set(from + at, row);
      });
      this.version.value += 1;
    } catch {
      // Looked at again, it is asked for again; the page as a whole says what fails.
      if (this.asked.get(page) === mine) this.asked.delete(page);
    }
  }
}

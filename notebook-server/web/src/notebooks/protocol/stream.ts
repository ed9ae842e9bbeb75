/**
 * Printed text as a terminal would leave it: lines, with `\r` going back to the line's
 * beginning and `ESC[A` a line up, as progress bars do. Text comes in pieces of any size;
 * each is looked at once.
 */

// Cursor up, and erasing a line: what progress bars use. Colours stay in the text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are control characters
const PARTS = /\r\n|\n|\r|\x1b\[(\d*)A|\x1b\[\d*K|\x08/g;

/** What is kept of a stream: who prints more wants a file. */
export const MOST_LINES = 100_000;

export class StreamText {
  private readonly kept: string[] = [""];
  private row = 0;
  /** The next text takes the line's place. */
  private rewinds = false;
  private waiting: string[] = [];
  private cut = 0;

  constructor(text = "") {
    if (text) this.waiting.push(text);
  }

  /** Adds printed text; it is taken apart when somebody looks. */
  push(text: string): void {
    this.waiting.push(text);
  }

  /** The lines; a trailing line end begins no further one. */
  get lines(): readonly string[] {
    this.settle();
    return this.kept.at(-1) === "" ? this.kept.slice(0, -1) : this.kept;
  }

  /** How many lines there are, without copying them. */
  get length(): number {
    this.settle();
    return this.kept.at(-1) === "" ? this.kept.length - 1 : this.kept.length;
  }

  line(at: number): string {
    return this.kept[at] ?? "";
  }

  /** How many lines from the beginning are no longer kept. */
  get dropped(): number {
    this.settle();
    return this.cut;
  }

  /** The text as it is left, for copying. */
  get text(): string {
    return this.lines.join("\n");
  }

  private settle(): void {
    if (this.waiting.length === 0) return;
    const text = this.waiting.length === 1 ? this.waiting[0]! : this.waiting.join("");
    this.waiting = [];
    let from = 0;
    for (const part of text.matchAll(PARTS)) {
      if (part.index > from) this.write(text.slice(from, part.index));
      from = part.index + part[0].length;
      this.control(part[0], part[1]);
    }
    if (from < text.length) this.write(text.slice(from));
    // The empty line behind a trailing line end is none.
    const over = this.kept.length - (this.kept.at(-1) === "" ? 1 : 0) - MOST_LINES;
    if (over > 0) {
      this.kept.splice(0, over);
      this.row = Math.max(0, this.row - over);
      this.cut += over;
    }
  }

  private write(text: string): void {
    this.kept[this.row] = this.rewinds ? text : this.kept[this.row] + text;
    this.rewinds = false;
  }

  private control(part: string, amount: string | undefined): void {
    if (part === "\n" || part === "\r\n") {
      this.row += 1;
      if (this.row === this.kept.length) this.kept.push("");
      // A line that was left by `ESC[A` is written anew from its beginning.
      this.rewinds = this.kept[this.row] !== "";
    } else if (part === "\r") {
      this.rewinds = true;
    } else if (part === "\b") {
      this.kept[this.row] = this.kept[this.row]!.slice(0, -1);
    } else if (part.endsWith("A")) {
      this.row = Math.max(0, this.row - (Number(amount) || 1));
    } else if (this.rewinds) {
      this.kept[this.row] = "";
    }
  }
}

/** A unified diff, taken apart: each line with its numbers on both sides. */

export interface DiffLine {
  kind: "same" | "plus" | "minus" | "skip";
  old: number | null;
  new: number | null;
  text: string;
}

export function parseDiff(text: string): DiffLine[] {
  const found: DiffLine[] = [];
  let old = 0;
  let fresh = 0;
  for (const line of text.replace(/\n$/, "").split("\n")) {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@(.*)$/.exec(line);
    if (hunk) {
      old = Number(hunk[1]);
      fresh = Number(hunk[2]);
      found.push({ kind: "skip", old: null, new: null, text: (hunk[3] ?? "").trim() });
    } else if (old === 0 && fresh === 0) {
      // The names of the files before the first hunk stand in the heading already.
    } else if (line.startsWith("+")) {
      found.push({ kind: "plus", old: null, new: fresh++, text: line.slice(1) });
    } else if (line.startsWith("-")) {
      found.push({ kind: "minus", old: old++, new: null, text: line.slice(1) });
    } else if (!line.startsWith("\\")) {
      found.push({ kind: "same", old: old++, new: fresh++, text: line.slice(1) });
    }
  }
  return found;
}

/**
 * When a cell runs, where it isn't as the notebook says: a word of its first comment,
 * `# flownote: manual`, so that everyone who reads the cell sees it.
 */
import type { Language, Mode } from "../protocol/types.ts";

const MARKS: Partial<Record<Language, readonly string[]>> = {
  python: ["#"],
  sql: ["--"],
  rust: ["//!", "//"],
  wasm: [";;", "//"],
};

/** What a cell can say of itself; null says nothing. */
export const OWN_MODES: readonly { mode: Mode | null; title: string }[] = [
  { mode: null, title: "Runs as the notebook says" },
  { mode: "lazy", title: "Lazy: runs when it is needed" },
  { mode: "auto", title: "Auto: runs when it became stale" },
  { mode: "manual", title: "Manual: runs only by hand" },
];

const MODES: readonly string[] = ["lazy", "auto", "manual"];

interface Head {
  /** Where the line of `flownote:` begins and ends; null for none. */
  line: { from: number; to: number } | null;
  mark: string;
  words: string[];
}

function headOf(language: Language, source: string): Head | null {
  const marks = MARKS[language];
  if (!marks) return null;
  let from = 0;
  for (const text of source.split("\n")) {
    const trimmed = text.trim();
    const mark = marks.find((one) => trimmed.startsWith(one));
    if (trimmed && !mark) break;
    const found = mark ? /^\s*flownote:(.*)$/.exec(trimmed.slice(mark.length)) : null;
    if (mark && found) {
      const words = (found[1] ?? "").split(/[,\s]+/).filter(Boolean);
      return { line: { from, to: from + text.length }, mark, words };
    }
    from += text.length + 1;
  }
  // C in a WASM cell has C's comments.
  const [first = ""] = marks;
  const isC = language === "wasm" && /^\s*(\/\/|#include)/.test(source);
  return { line: null, mark: isC ? "//" : first, words: [] };
}

/** The cell's own mode; null where the notebook's holds. */
export function ownMode(language: Language, source: string): Mode | null {
  const words = headOf(language, source)?.words ?? [];
  return (words.find((word) => MODES.includes(word)) as Mode | undefined) ?? null;
}

/** What to change in the text so that the cell has this mode; null for nothing. */
export function modeChange(
  language: Language,
  source: string,
  mode: Mode | null,
): { from: number; to: number; insert: string } | null {
  const head = headOf(language, source);
  if (!head || ownMode(language, source) === mode) return null;
  const words = [...head.words.filter((word) => !MODES.includes(word)), ...(mode ? [mode] : [])];
  const text = words.length > 0 ? `${head.mark} flownote: ${words.join(", ")}` : "";
  if (!head.line) return { from: 0, to: 0, insert: `${text}\n` };
  const { from, to } = head.line;
  // An empty line where the words were is taken away with them.
  return { from, to: text ? to : Math.min(to + 1, source.length), insert: text };
}

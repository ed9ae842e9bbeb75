/** The tree of folders and notebooks as rows, with what is folded away left out. */
import type { Entry } from "./api.ts";

export interface Row {
  entry: Entry;
  depth: number;
  isOpen: boolean;
}

/** `found` holds only what was looked for; folders that lead there are open. */
export function rowsOf(entries: readonly Entry[], closed: ReadonlySet<string>, text = ""): Row[] {
  const rows: Row[] = [];
  const wanted = text.trim().toLowerCase();
  const add = (list: readonly Entry[], depth: number) => {
    for (const entry of list) {
      if (entry.kind === "notebook") {
        if (!wanted || entry.path.toLowerCase().includes(wanted))
          rows.push({ entry, depth, isOpen: false });
        continue;
      }
      const isOpen = wanted !== "" || !closed.has(entry.path);
      const at = rows.length;
      rows.push({ entry, depth, isOpen });
      if (isOpen) add(entry.entries, depth + 1);
      // A folder without anything that was looked for isn't shown either.
      if (wanted && rows.length === at + 1) rows.pop();
    }
  };
  add(entries, 0);
  return rows;
}

/** `untitled.ipynb`, or the first of `untitled-2.ipynb`… that there isn't yet. */
export function freeName(entries: readonly Entry[], folder: string, name = "untitled"): string {
  const taken = new Set<string>();
  const collect = (list: readonly Entry[]) => {
    for (const entry of list) {
      taken.add(entry.path);
      if (entry.kind === "folder") collect(entry.entries);
    }
  };
  collect(entries);
  const path = (text: string) => (folder ? `${folder}/${text}.ipynb` : `${text}.ipynb`);
  for (let number = 1; ; number += 1) {
    const free = path(number === 1 ? name : `${name}-${number}`);
    if (!taken.has(free)) return free;
  }
}

/** A name as it was typed, with the ending of a notebook if it has none. */
export function withEnding(name: string, like = ".ipynb"): string {
  const last = name.split("/").at(-1) ?? "";
  if (last === "" || last.includes(".")) return name;
  return name + like.slice(like.lastIndexOf("."));
}

/** The folder that a path is in; "" for the served one itself. */
export function folderOf(path: string): string {
  return path.split("/").slice(0, -1).join("/");
}

export function countNotebooks(entries: readonly Entry[]): number {
  return entries.reduce(
    (sum, entry) => sum + (entry.kind === "folder" ? countNotebooks(entry.entries) : 1),
    0,
  );
}

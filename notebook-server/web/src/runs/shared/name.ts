/** What a run is of, as people know it: a flow by its name, a notebook by its file. */
import type { RunRow } from "../../api/types.ts";
import { fileName } from "../../format/format.ts";

/** The flow that every run of a notebook is of. */
export const NOTEBOOK = "Notebook";

/** `Shop`, `digest.ipynb`. */
export function runName({ flow, file }: Pick<RunRow, "flow" | "file">): string {
  return flow === NOTEBOOK && file ? fileName(file) : flow;
}

/** The same for a tooltip: a notebook with its folder. */
export function wholeName({ flow, file }: Pick<RunRow, "flow" | "file">): string {
  return flow === NOTEBOOK && file ? file : flow;
}

/** How a step as a whole stands, from its tasks. */
import type { StepRow, Tally, TaskState } from "../../api/types.ts";
import { number } from "../../format/format.ts";
import { total } from "../shared/progress.tsx";

/** Null: no task of it is known of yet. */
export function stepState(counts: Tally): TaskState | null {
  const all = total(counts);
  if (all === 0) return null;
  if (counts.failed > 0) return "failed";
  if (counts.running > 0) return "running";
  if (counts.cancelled > 0) return "cancelled";
  if (counts.reused === all) return "reused";
  if (counts.queued > 0) return counts.done + counts.reused > 0 ? "running" : "queued";
  return "succeeded";
}

/** `14 / 20`, while tasks are outstanding; `× 20` when all are done. */
export function stepCounter(row: StepRow | undefined): string {
  if (!row) return "";
  const all = total(row.counts);
  const over = row.counts.done + row.counts.reused;
  return over === all ? `× ${number(all)}` : `${number(over)} / ${number(all)}`;
}

/** How long a run took; of one that goes on how long by now, counted on while it is seen. */
import { useSignal } from "@preact/signals";
import type { RunRow } from "../../api/types.ts";
import { duration } from "../../format/format.ts";
import { useTicking } from "../../parts/now.ts";
import { goesOn } from "../../parts/state.tsx";

/** When rows came: what they say of a run that goes on was so then. */
const arrived = new WeakMap<RunRow, number>();

/** Milliseconds that a run has taken by now. The server's clock may be another. */
export function elapsedBy(row: RunRow, now: number): number | null {
  if (row.elapsed_ms === null || !goesOn(row.status)) return row.elapsed_ms;
  const then = arrived.get(row) ?? now;
  arrived.set(row, then);
  return row.elapsed_ms + (now - then);
}

export function Took({ row }: { row: RunRow }) {
  const tick = useSignal(0);
  useTicking(
    goesOn(row.status),
    () => {
      tick.value += 1;
    },
    1_000,
  );
  void tick.value;
  return <>{duration(elapsedBy(row, performance.now()))}</>;
}

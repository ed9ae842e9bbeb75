/** How far a run's tasks are, as a small bar with a sentence. */
import type { Tally } from "../../api/types.ts";
import { number } from "../../format/format.ts";

const PARTS = [
  ["reused", "reused"],
  ["done", "done"],
  ["failed", "failed"],
  ["running", "running"],
  ["cancelled", "cancelled"],
  ["queued", "queued"],
] as const;

/** All tasks that are known of. */
export function total(tally: Tally): number {
  return tally.total ?? PARTS.reduce((sum, [name]) => sum + tally[name], 0);
}

/** `25 tasks · 12 reused · 12 done · 1 failed`, without what there is none of. */
export function tallyText(tally: Tally): string {
  const all = total(tally);
  const parts = PARTS.filter(([name]) => tally[name] > 0).map(
    ([name, word]) => `${number(tally[name])} ${word}`,
  );
  // "1 task · 1 done" says the same twice.
  const whole = `${number(all)} ${all === 1 ? "task" : "tasks"}`;
  return parts.length === 0 ? whole : [whole, ...parts].join(" · ");
}

export function Progress({ tally }: { tally: Tally }) {
  const all = total(tally);
  if (all === 0) return <span class="faint">–</span>;
  return (
    <span class="progress" title={tallyText(tally)}>
      <span class="bar" aria-hidden="true">
        {PARTS.map(([name]) =>
          tally[name] > 0 ? (
            <i key={name} class={`part-${name}`} style={{ flexGrow: tally[name] }} />
          ) : null,
        )}
      </span>
      <span class="n num">{number(all)}</span>
      <span class="aloud">{tallyText(tally)}</span>
    </span>
  );
}

/** The flows of the store at the side, each with the state of its newest run. */

import { useRepeat, useResource } from "../../api/resource.ts";
import { listFlows } from "../../api/runs.ts";
import type { FlowRow } from "../../api/types.ts";
import { ago } from "../../format/format.ts";
import { ProblemNote, Skeleton } from "../../parts/notice.tsx";
import { now } from "../../parts/now.ts";
import { StateMark } from "../../parts/state.tsx";
import { href, to } from "../../router.ts";

export function FlowList({ current }: { current: string | null }) {
  const flows = useResource("flows", (signal) => listFlows(signal));
  useRepeat(5_000, flows.refresh);
  const list = flows.value.value;
  return (
    <nav aria-label="Flows">
      <h3>Flows</h3>
      <a class="entry" href={href("/runs")} aria-current={current === null ? "page" : undefined}>
        All runs
      </a>
      {list?.map((flow) => (
        <Entry key={flow.flow} row={flow} isCurrent={flow.flow === current} />
      ))}
      {list?.length === 0 && <p class="entry">none yet</p>}
      {!list && !flows.problem.value && <Skeleton lines={4} label="loading flows" />}
      {!list && flows.problem.value && (
        <ProblemNote problem={flows.problem.value} again={flows.refresh} />
      )}
    </nav>
  );
}

function Entry({ row, isCurrent }: { row: FlowRow; isCurrent: boolean }) {
  return (
    <a
      class="entry"
      href={href(to("runs", row.flow))}
      aria-current={isCurrent ? "page" : undefined}
      title={row.flow}
    >
      {row.latest && <StateMark state={row.latest.status} of="run" brief />}
      <span class="cut">{row.flow}</span>
      <span class="k">{row.latest && shortAgo(row.latest.started_at, now.value)}</span>
    </a>
  );
}

/** `3 min`, `2 days`: the side column has no room for "ago". */
function shortAgo(time: string, at: number): string {
  const text = ago(time, at).replace(/ ago$/, "");
  return text === "just now" ? "now" : text;
}

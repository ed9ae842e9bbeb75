/** Step by step: why an earlier result wasn't taken. */

import { useResource } from "../../api/resource.ts";
import { runWhy } from "../../api/runs.ts";
import { Command, Empty, ProblemNote, Skeleton } from "../../parts/notice.tsx";
import { Ago } from "../../parts/time.tsx";
import { Words } from "../../parts/words.tsx";
import { href, to } from "../../router.ts";
import { TaskLink } from "../shared/task-link.tsx";

export function Why({ flow, run, isLive }: { flow: string; run: string; isLive: boolean }) {
  const why = useResource(`${flow}/${run} ${isLive}`, (signal) => runWhy(flow, run, signal));
  const rows = why.value.value;
  if (why.problem.value) return <ProblemNote problem={why.problem.value} again={why.refresh} />;
  if (!rows) return <Skeleton label="asking why" />;
  if (rows.length === 0) {
    return (
      <Empty icon="check" title="Nothing to explain">
        <p>
          Every step took an earlier result, or none was looked for. Flows look for results when
          they are asked to:
        </p>
        <Command>flownote run flow.py --cache</Command>
      </Empty>
    );
  }
  return (
    <ul class="why">
      {rows.map((row) => (
        <li key={`${row.step}/${row.task}`} class="card">
          <p class="line wrap">
            <a class="link mono" href={href(to("runs", flow, run, row.step, row.task))}>
              {row.step}
            </a>
            <span>
              <Words text={row.why} />
            </span>
          </p>
          {row.also.length > 0 && (
            <ul class="also dim">
              {row.also.map((text) => (
                <li key={text}>
                  <Words text={text} />
                </li>
              ))}
            </ul>
          )}
          {row.nearest && (
            <p class="dim">
              the nearest kept result: <TaskLink pathspec={row.nearest.pathspec} /> by{" "}
              {row.nearest.user}, <Ago time={row.nearest.finished_at} />
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Step by step: why an earlier result wasn't taken. */

import { useResource } from "../../api/resource.ts";
import { runWhy } from "../../api/runs.ts";
import type { WhyRow } from "../../api/types.ts";
import { shortRun } from "../../format/format.ts";
import { Command, Empty, ProblemNote, Skeleton } from "../../parts/notice.tsx";
import { Ago } from "../../parts/time.tsx";
import { Words } from "../../parts/words.tsx";
import { href, to } from "../../router.ts";
import { TaskLink } from "../shared/task-link.tsx";

interface Props {
  flow: string;
  run: string;
  /** The run that it was to take results from. */
  origin: string | null;
  isLive: boolean;
}

export function Why({ flow, run, origin, isLive }: Props) {
  const why = useResource(`${flow}/${run} ${isLive}`, (signal) => runWhy(flow, run, signal));
  const rows = why.value.value;
  if (why.problem.value) return <ProblemNote problem={why.problem.value} again={why.refresh} />;
  if (!rows) return <Skeleton label="asking why" />;
  if (rows.length === 0 && origin !== null) {
    return (
      <Empty icon="check" title="Nothing to explain">
        <p>
          Every step took its result from <Origin flow={flow} run={origin} />. Where one ran and no
          reason is shown, the run is from before reasons were kept.
        </p>
      </Empty>
    );
  }
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
    <>
      {origin !== null && (
        <p class="dim">
          What ran again though it was to be taken from <Origin flow={flow} run={origin} />:
        </p>
      )}
      <Reasons flow={flow} run={run} rows={rows} />
    </>
  );
}

function Origin({ flow, run }: { flow: string; run: string }) {
  return (
    <a class="link mono" href={href(to("runs", flow, run))} title={run}>
      {shortRun(run)}
    </a>
  );
}

function Reasons({ flow, run, rows }: { flow: string; run: string; rows: WhyRow[] }) {
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

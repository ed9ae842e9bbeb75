/** A few runs, a line each. */
import type { ComponentChildren } from "preact";
import type { RunRow } from "../api/types.ts";
import { duration, shortRun } from "../format/format.ts";
import { StateMark } from "../parts/state.tsx";
import { Ago } from "../parts/time.tsx";
import { href, to } from "../router.ts";
import { tallyText } from "../runs/shared/progress.tsx";

interface Props {
  title: string;
  runs: RunRow[];
  none: string;
  /** What is said of them all. */
  children?: ComponentChildren;
}

export function RunLines({ title, runs, none, children }: Props) {
  return (
    <section class="card" aria-label={title}>
      <h2 class="heading">{title}</h2>
      {runs.length === 0 && <p class="dim">{none}</p>}
      {children}
      <ul class="run-lines">
        {runs.map((row) => (
          <li key={`${row.flow}/${row.run}`} class="line">
            <StateMark state={row.status} of="run" brief />
            <a class="plain cut" href={href(to("runs", row.flow, row.run))} title={row.run}>
              {row.flow} <span class="mono dim">{shortRun(row.run)}</span>
            </a>
            <span class="faint cut">
              {row.failed_at ? `at ${row.failed_at}` : tallyText(row.tasks)}
            </span>
            <span class="grow" />
            <span class="dim nowrap">
              {row.status === "running" ? duration(row.elapsed_ms) : <Ago time={row.started_at} />}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

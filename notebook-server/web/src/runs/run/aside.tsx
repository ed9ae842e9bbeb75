/** Beside a run: the flow's other runs, then its parameters and environment at a glance. */
import { useRepeat, useResource } from "../../api/resource.ts";
import { searchRuns } from "../../api/runs.ts";
import type { RunDetail, RunRow } from "../../api/types.ts";
import { metric, shortRun, value } from "../../format/format.ts";
import { Icon } from "../../parts/icon.tsx";
import { StateMark } from "../../parts/state.tsx";
import { href, to } from "../../router.ts";
import { NOTEBOOK, runName } from "../shared/name.ts";
import { Took } from "../shared/took.tsx";
import { facts } from "./environment.tsx";

const RECENT = 12;

interface Props {
  flow: string;
  run: string;
  detail: RunDetail | null;
}

export function RunAside({ flow, run, detail }: Props) {
  // Asked again when this run begins or ends: then its row here is old.
  const key = `${flow} ${run} ${detail?.row.status}`;
  const recent = useResource(key, (signal) => searchRuns({ flow, limit: RECENT }, signal));
  useRepeat(5_000, recent.refresh);
  const runs = recent.value.value?.runs ?? [];
  const at = runs.findIndex((row) => row.run === run);
  const previous = runs[at + 1];
  return (
    <>
      <nav aria-label={`Runs of ${flow}`}>
        <h3 class="cut" title={flow}>
          {flow}
        </h3>
        {runs.map((row) => (
          <RecentRun key={row.run} row={row} isCurrent={row.run === run} rows={runs} />
        ))}
        {detail && at < 0 && runs.length > 0 && (
          <RecentRun row={detail.row} isCurrent rows={runs} />
        )}
        <a class="entry" href={href(to("runs", flow))}>
          <Icon name="back" size={11} /> all runs
        </a>
        {previous && at >= 0 && (
          <a
            class="entry"
            href={href(
              `/compare?runs=${[previous, runs[at]!].map((row) => encodeURIComponent(`${row.flow}/${row.run}`)).join(",")}`,
            )}
          >
            <Icon name="compare" size={12} /> compare with {shortRun(previous.run)}
          </a>
        )}
      </nav>
      {detail && <Facts title="Parameters" entries={Object.entries(detail.row.parameters)} />}
      {detail && <Facts title="Metrics" entries={Object.entries(detail.metrics)} number />}
      {detail && <Facts title="Environment" entries={facts(detail.environment).slice(0, 5)} />}
    </>
  );
}

function RecentRun({ row, isCurrent, rows }: { row: RunRow; isCurrent: boolean; rows: RunRow[] }) {
  const differing = Object.entries(row.parameters).filter(([name, given]) =>
    rows.some((other) => JSON.stringify(other.parameters[name]) !== JSON.stringify(given)),
  );
  const [name, given] = differing[0] ?? [];
  return (
    <a
      class="entry"
      href={href(to("runs", row.flow, row.run))}
      aria-current={isCurrent ? "page" : undefined}
      title={`${row.run}${row.tags.length ? ` · ${row.tags.join(", ")}` : ""}`}
    >
      <StateMark state={row.status} of="run" brief />
      <span class="cut">
        <span class="mono">{shortRun(row.run)}</span>
        {row.flow === NOTEBOOK && ` · ${runName(row)}`}
        {name && ` · ${name} ${value(given, 14)}`}
      </span>
      <span class="k">
        <Took row={row} />
      </span>
    </a>
  );
}

interface FactsProps {
  title: string;
  entries: [string, unknown][];
  number?: boolean;
}

function Facts({ title, entries, number = false }: FactsProps) {
  if (entries.length === 0) return null;
  return (
    <div class="facts-list">
      <h3>{title}</h3>
      {entries.map(([name, given]) => (
        <div key={name} class="entry" title={`${name} = ${value(given, 400)}`}>
          <span class="cut name">{name}</span>
          <span class="v cut">{number ? metric(given) : value(given, 40)}</span>
        </div>
      ))}
    </div>
  );
}

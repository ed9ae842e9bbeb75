/** Runs beside one another: a grid of parameters and metrics, a chart over it, what differs. */
import { useSignal } from "@preact/signals";
import { useResource } from "../api/resource.ts";
import { compareRuns } from "../api/runs.ts";
import type { Comparison } from "../api/types.ts";
import { count, shortRun } from "../format/format.ts";
import { Layout } from "../frame/layout.tsx";
import { useTitle } from "../frame/title.ts";
import { DiffView } from "../parts/diff-view.tsx";
import { Empty, ProblemNote, Skeleton } from "../parts/notice.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { href, params, setQuery } from "../router.ts";
import { ComparedArtifacts } from "./artifacts.tsx";
import { Chart } from "./chart.tsx";
import { CompareGrid } from "./grid.tsx";

export function ComparePage() {
  const asked = (params.value.get("runs") ?? "").split(",").filter(Boolean);
  useTitle("Compare runs");
  return (
    <Layout>
      {asked.length < 2 ? (
        <Empty isPage icon="compare" title="Choose two runs or more">
          <p>
            In the list of runs, choose with the boxes or with <kbd>Space</kbd>, then press Compare.
          </p>
          <a class="btn" href={href("/runs")}>
            Go to Runs
          </a>
        </Empty>
      ) : (
        <Compared runs={asked} />
      )}
    </Layout>
  );
}

function Compared({ runs }: { runs: string[] }) {
  const found = useResource(runs.join(), (signal) => compareRuns(runs, signal));
  const all = found.value.value;
  const flows = [...new Set(runs.map((run) => run.split("/")[0]))];
  return (
    <>
      <div class="line wrap head-line">
        <h1>Compare {count(runs.length, "run")}</h1>
        <span class="dim">{flows.join(", ")}</span>
      </div>
      {found.problem.value && <ProblemNote problem={found.problem.value} again={found.refresh} />}
      {!all && !found.problem.value && <Skeleton lines={8} label="comparing" />}
      {all && <Inside all={all} runs={runs} />}
    </>
  );
}

function Inside({ all, runs }: { all: Comparison; runs: string[] }) {
  const tab = params.value.get("tab") ?? "grid";
  const lit = useSignal<string | null>(null);
  // As the server compares their code: from the oldest to the newest.
  const byTime = all.rows
    .map(({ row }) => row)
    .sort((one, other) => (one.run < other.run ? -1 : 1));
  const [first, last] = [byTime[0], byTime.at(-1)];
  const tabs = [
    { id: "grid", title: "Parameters and metrics" },
    {
      id: "code",
      title: "Code",
      badge: all.code_diff.length ? String(all.code_diff.length) : null,
    },
    {
      id: "artifacts",
      title: "Artifacts",
      badge: String(all.artifacts.filter((one) => !one.is_same).length),
    },
  ];
  return (
    <Tabs
      label="Comparison"
      tabs={tabs}
      chosen={tab}
      choose={(id) => setQuery({ tab: id === "grid" ? null : id })}
    >
      {tab === "code" ? (
        <div class="stack">
          {first && last && (
            <p class="dim">
              From <span class="mono">{shortRun(first.run)}</span> to{" "}
              <span class="mono">{shortRun(last.run)}</span>
              {byTime.length > 2 && `, the oldest and the newest of ${byTime.length}`}
              {all.code_diff.length === 0 && ": the code is the same."}
            </p>
          )}
          <DiffView files={all.code_diff} />
        </div>
      ) : tab === "artifacts" ? (
        <ComparedArtifacts all={all} />
      ) : (
        <>
          <Chart all={all} lit={lit} />
          <CompareGrid
            all={all}
            lit={lit}
            without={(run) => setQuery({ runs: runs.filter((one) => one !== run).join(",") })}
          />
        </>
      )}
    </Tabs>
  );
}

/** One run: what became of it, its graph and timeline, and all that was recorded of it. */
import { useEffect, useMemo } from "preact/hooks";
import { useResource } from "../../api/resource.ts";
import { runCode, type TaskName } from "../../api/runs.ts";
import type { RunDetail, TaskRow } from "../../api/types.ts";
import { shortRun } from "../../format/format.ts";
import { useCommands } from "../../frame/commands.ts";
import { Layout } from "../../frame/layout.tsx";
import { useTitle } from "../../frame/title.ts";
import { ProblemNote, Skeleton } from "../../parts/notice.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { go, params, setQuery, to } from "../../router.ts";
import { openAsNotebook, resume } from "../shared/actions.tsx";
import { Code } from "../shared/code.tsx";
import { runName } from "../shared/name.ts";
import { RunAside } from "./aside.tsx";
import { Environment } from "./environment.tsx";
import { Damage, Failures } from "./failures.tsx";
import { FlowGraph } from "./graph.tsx";
import { RunHead } from "./head.tsx";
import { RunModel } from "./model.ts";
import { TaskPanel } from "./panel.tsx";
import { keyOf } from "./time-row.tsx";
import { Timeline } from "./timeline.tsx";
import { Why } from "./why.tsx";

export function RunPage({ flow, run }: { flow: string; run: string }) {
  const model = useMemo(() => new RunModel(flow, run), [flow, run]);
  useEffect(() => model.start(), [model]);
  const detail = model.detail.value;
  useTitle(`${detail ? runName(detail.row) : flow} / ${shortRun(run)}`);
  return (
    <Layout
      aside={<RunAside flow={flow} run={run} detail={detail} />}
      asideLabel={`Runs of ${flow}`}
    >
      {model.problem.value && !detail && (
        <ProblemNote problem={model.problem.value} again={() => void model.load()} />
      )}
      {!detail && !model.problem.value && <Skeleton lines={8} label="loading the run" />}
      {detail && <Inside model={model} detail={detail} />}
      <p class="aloud" aria-live="polite">
        {model.news.value}
      </p>
    </Layout>
  );
}

const TABS = [
  { id: "tasks", title: "Tasks" },
  { id: "code", title: "Code" },
  { id: "environment", title: "Parameters and environment" },
  { id: "why", title: "Why not reused" },
];

function Inside({ model, detail }: { model: RunModel; detail: RunDetail }) {
  const { flow, run } = model;
  const tab = params.value.get("tab") ?? "tasks";
  const failed = detail.failures[0];
  const nameOf = (task: TaskRow): TaskName => ({ flow, run, step: task.step, task: task.task });
  useCommands(
    [
      { id: "resume", group: "Run", title: "Resume", run: () => void resume(flow, run, "resume") },
      ...(failed
        ? [
            {
              id: "open",
              group: "Run",
              title: `Open ${failed.label} as a notebook`,
              run: () => void openAsNotebook(nameOf(failed)),
            },
          ]
        : []),
      ...TABS.map(({ id, title }) => ({
        id: `tab-${id}`,
        group: "Run",
        title: `Show ${title}`,
        run: () => setQuery({ tab: id === "tasks" ? null : id }),
      })),
    ],
    `${flow}/${run} ${failed?.label}`,
  );
  return (
    <>
      <RunHead model={model} detail={detail} />
      {model.problem.value && (
        <ProblemNote problem={model.problem.value} again={() => void model.load()} />
      )}
      <Tabs
        label="About this run"
        tabs={TABS}
        chosen={tab}
        choose={(id) => setQuery({ tab: id === "tasks" ? null : id })}
      >
        {tab === "code" ? (
          <CodeTab flow={flow} run={run} />
        ) : tab === "environment" ? (
          <Environment detail={detail} />
        ) : tab === "why" ? (
          <Why flow={flow} run={run} origin={detail.row.origin} isLive={model.isLive} />
        ) : (
          <TasksTab model={model} detail={detail} />
        )}
      </Tabs>
    </>
  );
}

function TasksTab({ model, detail }: { model: RunModel; detail: RunDetail }) {
  const { flow, run } = model;
  const step = params.value.get("step");
  const asked = params.value.get("task");
  const failed = detail.failures[0];
  const open = (task: TaskRow) => go(to("runs", flow, run, task.step, task.task));
  // What failed is what people came for; of a run that went well, what it ended with.
  const last = detail.steps.findLast((row) => row.step === "end" && (row.counts.total ?? 0) > 0);
  const first = failed ? keyOf(failed) : last && !model.isLive ? "end/0" : null;
  const inStep = step && !asked ? model.foremost(step) : undefined;
  const chosen = asked ?? (step ? (inStep ? keyOf(inStep) : null) : first);
  return (
    <>
      <Failures detail={detail} />
      <Damage detail={detail} />
      <FlowGraph
        model={model}
        chosen={step}
        choose={(name) => setQuery({ step: name, task: null, artifact: null })}
      />
      {model.tasks.value && (
        <Timeline
          model={model}
          step={step}
          clearStep={() => setQuery({ step: null })}
          chosen={chosen}
          choose={(task) => setQuery({ task: keyOf(task) })}
          open={open}
        />
      )}
      {chosen ? (
        <TaskPanel key={chosen} model={model} which={chosen} />
      ) : (
        <p class="dim none">Choose a task in the timeline to see its log and its artifacts here.</p>
      )}
    </>
  );
}

function CodeTab({ flow, run }: { flow: string; run: string }) {
  const code = useResource(`${flow}/${run}`, (signal) => runCode(flow, run, signal));
  return <Code code={code} flow={flow} />;
}

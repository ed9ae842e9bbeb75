/** One task: what became of it, attempt by attempt; its log, artifacts, code and neighbours. */

import { useRepeat, useResource } from "../../api/resource.ts";
import { pathspec, type TaskName, taskCode, taskDetail } from "../../api/runs.ts";
import type { TaskDetail } from "../../api/types.ts";
import { count, duration, shortRun } from "../../format/format.ts";
import { useCommands } from "../../frame/commands.ts";
import { Layout } from "../../frame/layout.tsx";
import { useTitle } from "../../frame/title.ts";
import { CopyButton } from "../../parts/copy.tsx";
import { ProblemNote, Skeleton } from "../../parts/notice.tsx";
import { StateMark } from "../../parts/state.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { Ago } from "../../parts/time.tsx";
import { Words } from "../../parts/words.tsx";
import { href, params, setQuery, to } from "../../router.ts";
import { OpenButton, openAsNotebook } from "../shared/actions.tsx";
import { ArtifactDialog } from "../shared/artifact.tsx";
import { Artifacts } from "../shared/artifacts.tsx";
import { Code } from "../shared/code.tsx";
import { CopyLink } from "../shared/copy-link.tsx";
import { FailureNote } from "../shared/failure.tsx";
import { Log } from "../shared/log.tsx";
import { Attempts } from "./attempts.tsx";
import { Neighbours } from "./neighbours.tsx";
import { Reused } from "./reused.tsx";

/** How often a task that isn't over is asked for. */
const LIVE_MS = 1_000;

export function TaskPage(name: TaskName) {
  const { flow, run, step, task } = name;
  const found = useResource(`${flow}/${run}/${step}/${task}`, (signal) => taskDetail(name, signal));
  const detail = found.value.value;
  const isOver = detail !== null && !["queued", "running"].includes(detail.row.status);
  useRepeat(isOver ? null : LIVE_MS, found.refresh);
  useTitle(`${detail?.row.label ?? step} · ${flow} / ${shortRun(run)}`);
  useCommands(
    [
      {
        id: "open",
        group: "Task",
        title: "Open as a notebook",
        run: () => void openAsNotebook(name),
      },
    ],
    `${flow}/${run}/${step}/${task}`,
  );
  return (
    <Layout>
      <nav class="crumbs line" aria-label="Where this is">
        <a class="plain" href={href(to("runs", flow))}>
          {flow}
        </a>
        <span class="faint">/</span>
        <a class="plain mono" href={href(to("runs", flow, run))} title={run}>
          {shortRun(run)}
        </a>
        <span class="faint">/</span>
        <a class="plain" href={href(`${to("runs", flow, run)}?step=${encodeURIComponent(step)}`)}>
          {step}
        </a>
      </nav>
      {found.problem.value && !detail && (
        <ProblemNote problem={found.problem.value} again={found.refresh} />
      )}
      {!detail && !found.problem.value && <Skeleton lines={8} label="loading the task" />}
      {detail && <Inside name={name} detail={detail} />}
    </Layout>
  );
}

function Inside({ name, detail }: { name: TaskName; detail: TaskDetail }) {
  const { row } = detail;
  const tab = params.value.get("tab") ?? "log";
  const artifact = params.value.get("artifact");
  const tabs = [
    { id: "log", title: "Log" },
    { id: "artifacts", title: "Artifacts", badge: String(detail.artifacts.length) },
    { id: "code", title: "Code" },
    { id: "attempts", title: "Attempts", badge: String(row.attempts.length) },
    { id: "neighbours", title: "Came from, went to" },
  ];
  return (
    <>
      <header class="run-head">
        <div class="line wrap">
          <h1>{row.label}</h1>
          <CopyButton
            text={`${name.flow}/${name.run}/${name.step}/${name.task}`}
            what="the pathspec"
          />
          <CopyLink
            pathspec={pathspec(name)}
            address={to("runs", name.flow, name.run, name.step, name.task)}
          />
          <StateMark state={row.status} />
          {row.reused && <Reused from={row.reused} />}
          <span class="grow" />
          <OpenButton name={name} title="Open as notebook" />
        </div>
        <div class="line wrap about">
          {row.foreach_value && (
            <span>
              item <code>{row.foreach_value}</code>
            </span>
          )}
          {row.elapsed_ms !== null && !row.reused && <span>took {duration(row.elapsed_ms)}</span>}
          {row.attempts.length > 1 && <span>{count(row.attempts.length, "attempt")}</span>}
          <Ago time={row.started_at} />
        </div>
      </header>
      {row.error && (
        <div class="failure">
          <FailureNote error={row.error} caught={row.caught} />
        </div>
      )}
      {detail.why_not_reused && (
        <p class="dim why-line">
          why not reused: <Words text={detail.why_not_reused} />
        </p>
      )}
      <Tabs
        label="About this task"
        tabs={tabs}
        chosen={tab}
        choose={(id) => setQuery({ tab: id === "log" ? null : id })}
      >
        {tab === "artifacts" ? (
          <Artifacts
            name={name}
            artifacts={detail.artifacts}
            isLive={row.status === "running" || row.status === "queued"}
            chosen={artifact}
            choose={(chosen) => setQuery({ artifact: chosen })}
          />
        ) : tab === "code" ? (
          <CodeTab name={name} detail={detail} />
        ) : tab === "attempts" ? (
          <Attempts attempts={row.attempts} />
        ) : tab === "neighbours" ? (
          <Neighbours detail={detail} within={`${name.flow}/${name.run}`} />
        ) : (
          <Log name={name} attempts={row.attempts} isLive={row.status === "running"} rows={26} />
        )}
      </Tabs>
      {artifact && (
        <ArtifactDialog
          name={name}
          artifact={artifact}
          close={() => setQuery({ artifact: null })}
        />
      )}
    </>
  );
}

function CodeTab({ name, detail }: { name: TaskName; detail: TaskDetail }) {
  const { flow, run, step, task } = name;
  const code = useResource(`${flow}/${run}/${step}/${task}`, (signal) => taskCode(name, signal));
  const file = code.value.value?.file;
  const frames = detail.row.error?.frames ?? [];
  const failed = frames.filter((frame) => file && frame.file.endsWith(file)).map((f) => f.line);
  return <Code code={code} flow={flow} failed={failed} />;
}

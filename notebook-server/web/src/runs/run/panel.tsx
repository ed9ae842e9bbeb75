/** The chosen task below the timeline: its log beside its artifacts. */
import { useEffect } from "preact/hooks";
import { useResource } from "../../api/resource.ts";
import { type TaskName, taskDetail } from "../../api/runs.ts";
import type { TaskDetail } from "../../api/types.ts";
import { count } from "../../format/format.ts";
import { Icon } from "../../parts/icon.tsx";
import { ProblemNote, Skeleton } from "../../parts/notice.tsx";
import { StateMark } from "../../parts/state.tsx";
import { Words } from "../../parts/words.tsx";
import { href, params, setQuery, to } from "../../router.ts";
import { ArtifactDialog } from "../shared/artifact.tsx";
import { Artifacts } from "../shared/artifacts.tsx";
import { Log } from "../shared/log.tsx";
import { Reused } from "../task/reused.tsx";
import type { RunModel } from "./model.ts";

/** What of a task changes what is known of it. */
function pulse(model: RunModel, which: string): string {
  void model.rows.version.value;
  const [step = "", task = ""] = which.split("/");
  const tasks = model.tasks.value;
  const range = model.ranges.value.find((one) => one.step === step);
  if (!tasks || !range) return "";
  for (let at = range.from; at < range.to; at += 1) {
    if (model.rows.at(at)?.task === task) return `${tasks.states[at]} ${tasks.attempts[at]}`;
  }
  return "";
}

export function TaskPanel({ model, which }: { model: RunModel; which: string }) {
  const [step = "", task = ""] = which.split("/");
  const name: TaskName = { flow: model.flow, run: model.run, step, task };
  const found = useResource(which, (signal) => taskDetail(name, signal));
  const state = pulse(model, which);
  useEffect(() => {
    if (state && found.value.peek()) found.refresh();
  }, [state]);
  const detail = found.value.value;
  const artifact = params.value.get("artifact");
  return (
    <section class="task-panel" aria-label={`Task ${detail?.row.label ?? which}`}>
      {found.problem.value && <ProblemNote problem={found.problem.value} again={found.refresh} />}
      {!detail && !found.problem.value && <Skeleton label="loading the task" />}
      {detail && <Inside name={name} detail={detail} />}
      {artifact && (
        <ArtifactDialog
          name={name}
          artifact={artifact}
          close={() => setQuery({ artifact: null })}
        />
      )}
    </section>
  );
}

function Inside({ name, detail }: { name: TaskName; detail: TaskDetail }) {
  const { row } = detail;
  const address = to("runs", name.flow, name.run, name.step, name.task);
  return (
    <>
      <div class="line wrap panel-head">
        <h2>
          <a class="plain" href={href(address)}>
            {row.label}
          </a>
        </h2>
        <StateMark state={row.status} />
        {row.foreach_value && (
          <span class="dim cut">
            item <code>{row.foreach_value}</code>
          </span>
        )}
        {row.attempts.length > 1 && (
          <span class="dim">{count(row.attempts.length, "attempt")}</span>
        )}
        {row.reused && <Reused from={row.reused} />}
        <span class="grow" />
        <a class="btn small" href={href(address)}>
          Whole task <Icon name="forward" size={11} />
        </a>
      </div>
      <div class="halves">
        <section aria-label="Log">
          <h3>Log</h3>
          <Log name={name} attempts={row.attempts} isLive={row.status === "running"} rows={12} />
        </section>
        <section aria-label="Artifacts">
          <h3>Artifacts</h3>
          <Artifacts
            name={name}
            artifacts={detail.artifacts}
            isLive={row.status === "running" || row.status === "queued"}
            chosen={params.value.get("artifact")}
            choose={(artifact) => setQuery({ artifact })}
          />
          {detail.why_not_reused && (
            <p class="dim why-line">
              why not reused: <Words text={detail.why_not_reused} />
            </p>
          )}
        </section>
      </div>
    </>
  );
}

/** The head of a run: its name, how it stands, what can be done with it. */
import { useSignal } from "@preact/signals";
import type { RunDetail, RunRow } from "../../api/types.ts";
import { command, duration, moment, number, shortRun } from "../../format/format.ts";
import { CopyButton } from "../../parts/copy.tsx";
import { Icon } from "../../parts/icon.tsx";
import { useTicking } from "../../parts/now.ts";
import { goesOn, StateMark } from "../../parts/state.tsx";
import { Ago } from "../../parts/time.tsx";
import { href, to } from "../../router.ts";
import { AgainWithButton, OpenButton, ResumeButton, StopButton } from "../shared/actions.tsx";
import { CopyLink } from "../shared/copy-link.tsx";
import { NOTEBOOK, runName, wholeName } from "../shared/name.ts";
import { tallyText } from "../shared/progress.tsx";
import { Tags } from "../shared/tags.tsx";
import type { RunModel } from "./model.ts";

export function RunHead({ model, detail }: { model: RunModel; detail: RunDetail }) {
  const { row } = detail;
  const failed = detail.failures[0];
  const isOver = !goesOn(row.status);
  return (
    <header class="run-head">
      <div class="line wrap">
        <h1 class="line">
          <a class="plain cut" href={href(to("runs", row.flow))} title={wholeName(row)}>
            {runName(row)}
          </a>
          <span class="faint">/</span>
          <span class="mono" title={row.run}>
            {shortRun(row.run)}
          </span>
        </h1>
        <CopyButton text={`${row.flow}/${row.run}`} what="the pathspec" />
        <CopyLink pathspec={`${row.flow}/${row.run}`} address={to("runs", row.flow, row.run)} />
        <StateMark
          state={row.status}
          of="run"
          more={row.failed_at ? `at ${row.failed_at}` : null}
        />
        <span class="grow" />
        <span class="line wrap actions">
          {failed && (
            <OpenButton
              name={{ flow: row.flow, run: row.run, step: failed.step, task: failed.task }}
              title="Open failed task as notebook"
            />
          )}
          {isOver && detail.is_here && <Ways row={row} />}
          {!isOver && detail.is_here && !isSession(detail) && (
            <StopButton flow={row.flow} run={row.run} />
          )}
        </span>
      </div>
      <div class="line wrap about">
        <span class="num">{tallyText(row.tasks)}</span>
        {detail.unread > 0 && (
          <span class="dim" title="What the log says of them is shown until then">
            reading {number(detail.unread)} results…
          </span>
        )}
        <Took model={model} detail={detail} />
        <Ago time={row.started_at} />
        <span>
          by {row.user}
          {row.host && <span class="faint"> on {row.host}</span>}
        </span>
        {row.origin && (
          <span>
            resumed from{" "}
            <a class="link mono" href={href(to("runs", row.flow, row.origin))} title={row.origin}>
              {shortRun(row.origin)}
            </a>
          </span>
        )}
        {detail.until && <span>to end after {detail.until}</span>}
        <Tags row={row} changed={(tags) => model.setRow({ tags })} />
      </div>
      {detail.command.length > 0 && (
        <p class="line command-line" title="The command line as it was typed">
          <Icon name="forward" size={11} />
          <code class="cut">{command(detail.command)}</code>
          <CopyButton text={command(detail.command)} what="the command" />
        </p>
      )}
    </header>
  );
}

/** Whether the run is what somebody does in an open notebook: no command line began it. */
function isSession({ command, row }: RunDetail): boolean {
  return row.flow === NOTEBOOK && command.length === 0;
}

/** The ways in which a run that is over goes on: the likeliest first. */
function Ways({ row }: { row: RunRow }) {
  const { flow, run, status } = row;
  if (status === "succeeded") {
    return (
      <>
        <AgainWithButton flow={flow} run={run} name={runName(row)} />
        <ResumeButton flow={flow} run={run} how="again" />
      </>
    );
  }
  if (status === "interrupted") {
    return (
      <>
        <ResumeButton flow={flow} run={run} how="resume" />
        <ResumeButton flow={flow} run={run} how="continue" isPrimary />
      </>
    );
  }
  return (
    <>
      <AgainWithButton flow={flow} run={run} name={runName(row)} />
      <ResumeButton flow={flow} run={run} how="again" />
      <ResumeButton flow={flow} run={run} how="resume" isPrimary />
    </>
  );
}

/** How long it took, or has taken: it grows while the run goes on. */
function Took({ model, detail }: { model: RunModel; detail: RunDetail }) {
  const tick = useSignal(0);
  const isLive = goesOn(detail.row.status);
  useTicking(isLive, () => {
    tick.value += 1;
  });
  void tick.value;
  const { started_at, finished_at, elapsed_ms } = detail.row;
  if (!isLive && elapsed_ms === null) return <span>its owner is gone</span>;
  return (
    <span
      class="num"
      title={`${moment(started_at)} to ${finished_at ? moment(finished_at) : "now"}`}
    >
      {isLive ? "" : "took "}
      {duration(model.elapsedNow())}
    </span>
  );
}

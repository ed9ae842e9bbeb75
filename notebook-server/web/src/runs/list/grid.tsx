/** The grid of runs: WAI-ARIA's, one row in the tab order, thousands of them as quick as ten. */
import { useSignal } from "@preact/signals";
import type { Ref } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { RunRow } from "../../api/types.ts";
import { moment, shortRun } from "../../format/format.ts";
import { focusIn } from "../../parts/focus.ts";
import { nextIndex } from "../../parts/roving.ts";
import { StateMark } from "../../parts/state.tsx";
import { Ago } from "../../parts/time.tsx";
import { Virtual, type VirtualHandle } from "../../parts/virtual.tsx";
import { go, href, to } from "../../router.ts";
import { runName, wholeName } from "../shared/name.ts";
import { parameterLine } from "../shared/parameters.ts";
import { Progress } from "../shared/progress.tsx";
import { Took } from "../shared/took.tsx";

export const ROW = 40;

export function runId(row: RunRow): string {
  return `${row.flow}/${row.run}`;
}

interface Props {
  rows: RunRow[];
  /** Whether the flow has a column: not where all runs are of one. */
  withFlow: boolean;
  hasMore: boolean;
  loadMore: () => void;
  chosen: Set<string>;
  choose: (row: RunRow) => void;
  tagged: (tag: string) => void;
  handle: Ref<GridHandle>;
}

export interface GridHandle {
  focus(): void;
}

export function RunGrid(props: Props) {
  const { rows, withFlow } = props;
  const at = useSignal(0);
  const list = useRef<VirtualHandle>(null);
  const box = useRef<HTMLDivElement>(null);

  const focusRow = (index: number) => {
    at.value = index;
    list.current?.reveal(index);
    focusIn(box.current, `[data-row="${index}"]`);
  };
  useEffect(() => {
    const handle = props.handle as { current: GridHandle | null };
    handle.current = {
      focus: () => rows.length > 0 && focusRow(Math.min(at.value, rows.length - 1)),
    };
  });

  const keydown = (event: KeyboardEvent) => {
    if ((event.target as HTMLElement).closest("input, button")) return;
    const row = rows[at.value];
    if (event.key === "Enter" && row && event.target === event.currentTarget) {
      go(to("runs", row.flow, row.run));
      return;
    }
    if (event.key === " " && row) {
      event.preventDefault();
      props.choose(row);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = nextIndex(event.key, at.value, rows.length, "vertical");
    if (next === null) return;
    event.preventDefault();
    focusRow(next);
  };

  return (
    <div
      ref={box}
      class={`run-grid ${withFlow ? "with-flow" : ""}`}
      role="grid"
      aria-label="Runs"
      aria-rowcount={props.hasMore ? -1 : rows.length + 1}
      aria-multiselectable="true"
      onKeyDown={keydown}
    >
      <div class="run-row head" role="row" aria-rowindex={1}>
        <span role="columnheader">
          <span class="aloud">Compare</span>
        </span>
        <span role="columnheader">Status</span>
        <span role="columnheader">Run</span>
        {withFlow && <span role="columnheader">Flow</span>}
        <span role="columnheader" class="c-parameters">
          Parameters
        </span>
        <span role="columnheader" class="c-tags">
          Tags
        </span>
        <span role="columnheader" class="c-tasks">
          Tasks
        </span>
        <span role="columnheader" class="c-user">
          User
        </span>
        <span role="columnheader" class="c-started">
          Started
        </span>
        <span role="columnheader" class="right">
          Took
        </span>
      </div>
      <Virtual
        rows={rows.length}
        rowHeight={ROW}
        handle={list}
        outer={{
          class: "run-rows",
          role: "rowgroup",
          tabIndex: -1,
          style: { height: `${rows.length * ROW}px` },
        }}
        seen={(_, last) => {
          if (props.hasMore && last >= rows.length - 40) props.loadMore();
        }}
      >
        {(index) => {
          const row = rows[index]!;
          return (
            <Row
              key={runId(row)}
              row={row}
              index={index}
              withFlow={withFlow}
              isAt={index === Math.min(at.value, rows.length - 1)}
              isChosen={props.chosen.has(runId(row))}
              choose={() => props.choose(row)}
              tagged={props.tagged}
              enter={() => {
                at.value = index;
              }}
            />
          );
        }}
      </Virtual>
    </div>
  );
}

interface RowProps {
  row: RunRow;
  index: number;
  withFlow: boolean;
  isAt: boolean;
  isChosen: boolean;
  choose: () => void;
  tagged: (tag: string) => void;
  enter: () => void;
}

function Row({ row, index, withFlow, isAt, isChosen, choose, tagged, enter }: RowProps) {
  const address = to("runs", row.flow, row.run);
  const parameters = parameterLine(row.parameters);
  return (
    <div
      class={`run-row ${isChosen ? "chosen" : ""}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isChosen}
      data-row={index}
      tabIndex={isAt ? 0 : -1}
      onFocus={enter}
      onKeyDown={(event) => {
        if (event.key === "Enter" && event.target === event.currentTarget) go(address);
      }}
      onClick={(event) => {
        // Links, boxes and tags in the row do their own; a selection of text isn't a click.
        if ((event.target as Element).closest("a, input, button")) return;
        if (!getSelection()?.isCollapsed) return;
        go(address);
      }}
    >
      <span role="gridcell" class="box">
        <input
          type="checkbox"
          checked={isChosen}
          tabIndex={-1}
          aria-label={`Compare ${shortRun(row.run)}`}
          onChange={choose}
        />
      </span>
      <span role="gridcell" class="cut" title={row.failed_at ? `at ${row.failed_at}` : undefined}>
        <StateMark state={row.status} of="run" />
      </span>
      <span role="gridcell" class="cut">
        <a class="plain mono" href={href(address)} title={row.run} tabIndex={-1}>
          {shortRun(row.run)}
        </a>
      </span>
      {withFlow && (
        <span role="gridcell" class="cut">
          <a class="plain" href={href(to("runs", row.flow))} title={wholeName(row)} tabIndex={-1}>
            {runName(row)}
          </a>
        </span>
      )}
      {row.damage ? (
        <span role="gridcell" class="cut tone-fail c-parameters" title={row.damage}>
          its record is damaged
        </span>
      ) : (
        <span role="gridcell" class="cut mono dim c-parameters" title={parameters}>
          {parameters}
        </span>
      )}
      <span role="gridcell" class="line tags c-tags" title={row.tags.join(", ")}>
        {row.tags.slice(0, 2).map((tag) => (
          <button
            key={tag}
            type="button"
            class="chip"
            tabIndex={-1}
            title={tag}
            aria-label={`Show runs tagged ${tag}`}
            onClick={() => tagged(tag)}
          >
            <span class="cut">{tag}</span>
          </button>
        ))}
        {row.tags.length > 2 && (
          <span class="faint" title={row.tags.slice(2).join(", ")}>
            +{row.tags.length - 2}
          </span>
        )}
      </span>
      <span role="gridcell" class="c-tasks">
        <Progress tally={row.tasks} />
      </span>
      <span role="gridcell" class="cut dim c-user">
        {row.user}
      </span>
      <span role="gridcell" class="cut dim c-started" title={moment(row.started_at)}>
        <Ago time={row.started_at} />
      </span>
      <span role="gridcell" class="right mono">
        <Took row={row} />
      </span>
    </div>
  );
}

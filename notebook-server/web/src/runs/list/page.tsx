/** The place Runs: flows at the side, their runs, narrowed by the address. */
import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { RunRow } from "../../api/types.ts";
import { count } from "../../format/format.ts";
import { useCommands } from "../../frame/commands.ts";
import { Layout } from "../../frame/layout.tsx";
import { useTitle } from "../../frame/title.ts";
import { Icon } from "../../parts/icon.tsx";
import { Command, Empty, ProblemNote, Skeleton } from "../../parts/notice.tsx";
import { go, params, path } from "../../router.ts";
import { NOTEBOOK } from "../shared/name.ts";
import { add, type Filter, fromParams, isEmpty, NO_FILTER, toParams, toQuery } from "./filter.ts";
import { Filters } from "./filters.tsx";
import { FlowList } from "./flows.tsx";
import { type GridHandle, RunGrid, runId } from "./grid.tsx";
import { RunStore } from "./store.ts";

export function RunListPage({ flow }: { flow: string | null }) {
  useTitle(flow ? `${flow} · Runs` : "Runs");
  const filter = fromParams(params.value);
  const key = `${flow ?? ""}?${toParams(filter)}`;
  const store = useMemo(() => new RunStore(() => toQuery(filter, flow, Date.now())), [key]);
  useEffect(() => store.start(), [store]);

  const chosen = useSignal<Set<string>>(new Set());
  const grid = useRef<GridHandle>(null);
  // What the menus offer grows with what was seen, so that a filter doesn't take its own way back.
  const seen = useSignal<{ tags: string[]; users: string[] }>({ tags: [], users: [] });
  useEffect(
    () =>
      store.rows.subscribe((rows) => {
        if (rows) seen.value = gathered(seen.peek(), rows);
      }),
    [store],
  );

  const change = (next: Filter) => {
    const text = toParams(next).toString();
    go(path.peek() + (text ? `?${text}` : ""), "replace");
  };
  const choose = (row: RunRow) => {
    const next = new Set(chosen.value);
    if (!next.delete(runId(row))) next.add(runId(row));
    chosen.value = next;
  };
  const compare = () => go(`/compare?runs=${[...chosen.value].map(encodeURIComponent).join(",")}`);

  const rows = store.rows.value;
  const problem = store.problem.value;
  const found = rows ? amount(rows.length, store.total.value, store.more.value !== null) : "";
  useCommands(
    [
      {
        id: "clear-filter",
        group: "Runs",
        title: "Show all runs",
        run: () => change(NO_FILTER),
      },
      ...(chosen.value.size > 1
        ? [{ id: "compare", group: "Runs", title: "Compare chosen runs", run: compare }]
        : []),
    ],
    `${key} ${chosen.value.size}`,
  );

  return (
    <Layout fixed aside={<FlowList current={flow} />} asideLabel="Flows">
      <div class="line head-line">
        <h1 class="cut" title={flow ?? undefined}>
          {flow ?? "All runs"}
        </h1>
        <span class="dim" aria-live="polite">
          {found}
        </span>
        <span class="grow" />
        <CompareButton amount={chosen.value.size} compare={compare} />
      </div>
      <Filters
        filter={filter}
        change={change}
        tags={seen.value.tags}
        users={seen.value.users}
        toList={() => grid.current?.focus()}
      />
      {problem && <ProblemNote problem={problem} again={() => void store.load()} />}
      {!rows && !problem && <Skeleton lines={9} />}
      {rows && rows.length === 0 && !problem && (
        <Nothing flow={flow} filter={filter} change={change} />
      )}
      {rows && rows.length > 0 && (
        <RunGrid
          rows={rows}
          withFlow={flow === null || flow === NOTEBOOK}
          hasMore={store.more.value !== null}
          loadMore={() => void store.loadMore()}
          chosen={chosen.value}
          choose={choose}
          tagged={(tag) => change({ ...filter, tags: add(filter.tags, tag) })}
          handle={grid}
        />
      )}
    </Layout>
  );
}

/** How many runs are found: of many pages the rest isn't read, and may not be counted. */
function amount(shown: number, total: number | null, hasMore: boolean): string {
  if (total !== null) return count(total, "run");
  return hasMore ? `more than ${count(shown, "run")}` : count(shown, "run");
}

function gathered(known: { tags: string[]; users: string[] }, rows: RunRow[]) {
  const tags = new Set(known.tags);
  const users = new Set(known.users);
  for (const row of rows) {
    for (const tag of row.tags) tags.add(tag);
    users.add(row.user);
  }
  return { tags: [...tags].sort(), users: [...users].sort() };
}

function CompareButton({ amount, compare }: { amount: number; compare: () => void }) {
  return (
    <button
      type="button"
      class={`btn ${amount > 1 ? "primary" : ""}`}
      disabled={amount < 2}
      title={amount < 2 ? "Choose two or more runs with their boxes, or with Space" : undefined}
      onClick={compare}
    >
      <Icon name="compare" size={14} />
      {amount > 0 ? `Compare ${amount}` : "Compare"}
    </button>
  );
}

interface NothingProps {
  flow: string | null;
  filter: Filter;
  change: (filter: Filter) => void;
}

function Nothing({ flow, filter, change }: NothingProps) {
  if (!isEmpty(filter)) {
    return (
      <Empty icon="search" title="No run fits">
        <p>
          There are runs, but none that has all of what is asked for. Words are looked for in flows,
          runs, tags, users and parameters; <code>alpha&gt;0.5</code> compares a parameter. Metrics
          aren't searched: Compare puts runs in their order.
        </p>
        <button type="button" class="btn" onClick={() => change(NO_FILTER)}>
          Show all runs
        </button>
      </Empty>
    );
  }
  return (
    <Empty icon="flow" title={flow ? `${flow} has no runs` : "No runs yet"}>
      <p>
        Every flow and every notebook that is run in this store appears here by itself. Start one in
        a shell:
      </p>
      <Command>flownote run flow.py</Command>
      <p>or see the main job on real data:</p>
      <Command>flownote demo</Command>
    </Empty>
  );
}

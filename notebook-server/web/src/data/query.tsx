/** The box for SQL, what came of the query, and the queries before it. */
import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { runQuery } from "../api/data.ts";
import { asProblem, type ProblemText } from "../api/problem.ts";
import type { TableInfo, TableSource } from "../api/types.ts";
import { count, duration, size, value } from "../format/format.ts";
import { Icon } from "../parts/icon.tsx";
import { MenuButton } from "../parts/menu.tsx";
import { Empty, ProblemNote } from "../parts/notice.tsx";
import { useTicking } from "../parts/now.ts";
import { params, setQuery } from "../router.ts";
import type { QueryEditor } from "./editor.ts";
import { history, remember } from "./history.ts";
import { openInNotebook } from "./new-notebook.ts";
import { TableLook } from "./table.tsx";
import { fromOf } from "./words.ts";

/** What is written survives a look at a table. */
const draft = { sql: "" };

interface Result {
  source: TableSource;
  table: TableInfo;
  elapsed: number;
  sql: string;
}

export function QueryDesk() {
  const box = useRef<HTMLDivElement>(null);
  const editor = useRef<QueryEditor | null>(null);
  const running = useSignal<{ abort: AbortController; began: number } | null>(null);
  const result = useSignal<Result | null>(null);
  const problem = useSignal<ProblemText | null>(null);
  const given = params.value.get("sql");

  const run = async () => {
    const sql = editor.current?.text() ?? "";
    if (sql.trim() === "") return;
    running.peek()?.abort.abort();
    const mine = { abort: new AbortController(), began: Date.now() };
    running.value = mine;
    problem.value = null;
    editor.current?.mark(null);
    const at = new Date().toISOString();
    try {
      const answer = await runQuery({ sql, tables: [] }, mine.abort.signal);
      if (mine.abort.signal.aborted) return;
      if (answer.status === "rows") {
        const { id, table, elapsed_ms: elapsed } = answer;
        result.value = { source: { kind: "result", id }, table, elapsed, sql };
        const came = `${count(table.rows, "row")} in ${duration(elapsed)}`;
        remember({ sql, at, came, failed: false });
      } else {
        const { place, what, hint } = answer;
        const where = place && `line ${place.line}, column ${place.column}`;
        problem.value = { what, hint, where };
        if (place) editor.current?.mark({ place, what });
        remember({ sql, at, came: what, failed: true });
      }
    } catch (error) {
      if (!mine.abort.signal.aborted) problem.value = asProblem(error);
    } finally {
      if (running.peek() === mine) running.value = null;
    }
  };
  const cancel = () => {
    running.peek()?.abort.abort();
    running.value = null;
    editor.current?.view.focus();
  };

  // What runs the query is the one of the last drawing.
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    let over = false;
    void import("./editor.ts").then(({ makeEditor }) => {
      if (over || !box.current) return;
      const text = given ?? draft.sql;
      editor.current = makeEditor(
        box.current,
        text,
        () => void latest.current(),
        (changed) => {
          draft.sql = changed;
        },
      );
      draft.sql = text;
      // Whoever only came by goes on by keys, `g h` say: an editor would take them.
      if (given !== null) {
        editor.current.view.focus();
        setQuery({ sql: null });
        void latest.current();
      }
    });
    return () => {
      over = true;
      running.peek()?.abort.abort();
      editor.current?.view.destroy();
    };
  }, []);

  const past = history.value;
  return (
    <>
      <h1 class="aloud">Query</h1>
      <section class="query" aria-label="Query">
        <div ref={box} class="query-box" />
        <div class="query-bar">
          {running.value ? (
            <button type="button" class="btn" onClick={cancel}>
              <Icon name="stop" size={12} /> Cancel
            </button>
          ) : (
            <button type="button" class="btn primary" onClick={() => void run()} title="Ctrl+Enter">
              <Icon name="resume" size={12} /> Run
            </button>
          )}
          <p role="status" class="dim">
            {running.value ? (
              <Elapsed since={running.value.began} />
            ) : (
              result.value && !problem.value && told(result.value)
            )}
          </p>
          <span class="grow" />
          {past.length > 0 && (
            <MenuButton
              class="btn small"
              label="History of queries"
              align="right"
              items={() =>
                past.slice(0, 20).map((asked, at) => ({
                  id: String(at),
                  title: (
                    <span class="past">
                      <span class="mono cut">{value(asked.sql.replace(/\s+/g, " "), 70)}</span>
                      <span class={asked.failed ? "tone-fail" : "faint"}>
                        {value(asked.came, 60)}
                      </span>
                    </span>
                  ),
                  run: () => {
                    editor.current?.write(asked.sql);
                    editor.current?.view.focus();
                  },
                }))
              }
            >
              History
            </MenuButton>
          )}
          <button
            type="button"
            class="btn small"
            onClick={() =>
              void openInNotebook("query", [
                { language: "sql", source: draft.sql.trim() || "SELECT 1" },
              ])
            }
          >
            Open in a notebook
          </button>
        </div>
      </section>
      {problem.value && <ProblemNote problem={problem.value} />}
      {result.value && (running.value || problem.value) && (
        <p class="tone-stale">Below is the result of the query before.</p>
      )}
      {result.value ? (
        <ResultLook
          key={result.value.source.kind + JSON.stringify(result.value.source)}
          result={result.value}
        />
      ) : (
        !problem.value && <First />
      )}
    </>
  );
}

function ResultLook({ result }: { result: Result }) {
  const from = useMemo(() => fromOf(result.source, result.sql), [result]);
  return <TableLook source={result.source} from={from} name="query" label="Result" />;
}

function Elapsed({ since }: { since: number }) {
  const now = useSignal(Date.now());
  useTicking(true, () => {
    now.value = Date.now();
  });
  return <>running, {duration(Math.max(0, now.value - since))}</>;
}

function told({ table, elapsed }: Result): string {
  return `${count(table.rows, "row")} in ${duration(elapsed)}, ${size(table.bytes)}`;
}

function First() {
  return (
    <Empty icon="data" title="Ask the store's tables">
      <p>
        Name artifacts and files in quotes: <code>FROM 'Flow/run/step/task/name'</code>,{" "}
        <code>FROM 'ratings.parquet'</code>. Or choose a table on the left to look at it. Queries
        only read.
      </p>
    </Empty>
  );
}

/**
 * What a task printed: any number of lines, fetched as they are scrolled to; followed while the
 * task runs; searched by the server; one attempt or all.
 */
import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { useRepeat } from "../../api/resource.ts";
import { pathspec, type TaskName, taskLogDownload } from "../../api/runs.ts";
import type { AttemptRow, LogRow } from "../../api/types.ts";
import { clock, count, moment, size } from "../../format/format.ts";
import { Ansi } from "../../parts/ansi.tsx";
import { Icon } from "../../parts/icon.tsx";
import { ProblemNote, Skeleton } from "../../parts/notice.tsx";
import { Search } from "../../parts/search.tsx";
import { Virtual, type VirtualHandle } from "../../parts/virtual.tsx";
import { LogModel } from "./log-model.ts";

const ROW = 20;
/** How often a task that runs is asked for new lines. */
const LIVE_MS = 700;

interface Props {
  name: TaskName;
  attempts: AttemptRow[];
  isLive: boolean;
  /** How many lines are seen at once; more scroll. */
  rows?: number;
}

export function Log({ name, attempts, isLive, rows = 16 }: Props) {
  const attempt = useSignal<number | null>(null);
  const stream = useSignal<string>("");
  const text = useSignal("");
  const typed = useSignal("");
  const following = useSignal(true);
  const list = useRef<VirtualHandle>(null);

  const query = { attempt: attempt.value, stream: stream.value || null, text: text.value || null };
  const key = JSON.stringify([pathspec(name), query]);
  const log = useMemo(() => new LogModel(name, query), [key]);
  useEffect(() => log.start(), [log]);
  useRepeat(isLive ? LIVE_MS : null, () => void log.grow());
  // The last lines come after the task's end was told.
  useEffect(() => {
    if (!isLive) void log.grow();
  }, [isLive, log]);
  useEffect(() => {
    const timer = setTimeout(() => {
      text.value = typed.value;
    }, 200);
    return () => clearTimeout(timer);
  }, [typed.value]);

  const total = log.total.value;
  const version = log.rows.version.value;
  void version;
  return (
    <div class="log">
      <div class="line wrap log-bar">
        <Search label="Search the log" text={typed} />
        {attempts.length > 1 && (
          <select
            class="field"
            aria-label="Attempt"
            value={attempt.value ?? ""}
            onChange={(event) => {
              const chosen = event.currentTarget.value;
              attempt.value = chosen === "" ? null : Number(chosen);
            }}
          >
            <option value="">all attempts</option>
            {attempts.map((one) => (
              <option key={one.attempt} value={one.attempt}>
                attempt {one.attempt + 1} · {one.outcome}
              </option>
            ))}
          </select>
        )}
        <select
          class="field"
          aria-label="Stream"
          value={stream.value}
          onChange={(event) => {
            stream.value = event.currentTarget.value;
          }}
        >
          <option value="">both streams</option>
          <option value="stdout">stdout</option>
          <option value="stderr">stderr</option>
        </select>
        <span class="grow" />
        <span class="dim num" role="status">
          {total === null
            ? ""
            : text.value
              ? `${count(total, "line")} found`
              : count(total, "line")}
        </span>
        {isLive && (
          <button
            type="button"
            class="btn small"
            aria-pressed={following.value}
            onClick={() => {
              following.value = !following.value;
              if (following.value) list.current?.toEnd();
            }}
          >
            <Icon name="follow" size={12} />
            {following.value ? "Following" : "Follow"}
          </button>
        )}
        <a
          class="btn small icon"
          href={taskLogDownload(name, query)}
          download
          aria-label="Download the log"
          title="Download the log"
        >
          <Icon name="download" size={13} />
        </a>
      </div>
      {log.problem.value && (
        <ProblemNote problem={log.problem.value} again={() => void log.grow()} />
      )}
      {log.cutBytes.value > 0 && (
        <p class="dim cut-note">
          {size(log.cutBytes.value)} were cut out of the middle: the task printed more than is kept.
        </p>
      )}
      {total === null && !log.problem.value && <Skeleton lines={4} label="loading the log" />}
      {total === 0 && (
        <p class="dim none">
          {text.value
            ? "No line has that."
            : isLive
              ? "Nothing printed yet."
              : "It printed nothing."}
        </p>
      )}
      {total !== null && total > 0 && (
        <Virtual
          rows={total}
          rowHeight={ROW}
          handle={list}
          minWidth={`${Math.min(4000, log.widest.value * 7.6 + 110)}px`}
          follow={isLive && following.value}
          onFollow={(atEnd) => {
            if (isLive) following.value = atEnd;
          }}
          seen={(first, last) => log.want(first, last)}
          outer={{
            class: "log-lines",
            role: "log",
            "aria-live": "off",
            "aria-label": "Lines of the log",
            tabIndex: 0,
            style: { height: `${Math.min(rows, Math.max(3, total)) * ROW + 14}px` },
          }}
        >
          {(row) => <Line key={row} line={log.rows.at(row)} search={text.value} />}
        </Virtual>
      )}
    </div>
  );
}

function Line({ line, search }: { line: LogRow | undefined; search: string }) {
  if (!line) return <div class="log-line" />;
  return (
    <div class={`log-line ${line.stream}`} title={`${moment(line.at)} · ${line.stream}`}>
      <span class="at" aria-hidden="true">
        {line.at ? clock(line.at) : `${(line.ms / 1000).toFixed(1)} s`}
      </span>
      {line.stream === "stderr" && (
        <span class="mark" aria-hidden="true">
          !
        </span>
      )}
      {search ? <Found text={line.text} search={search} /> : <Ansi line={line.text} />}
    </div>
  );
}

/** The text with what was searched for marked; colours give way to the marks. */
function Found({ text, search }: { text: string; search: string }) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are control characters
  const plain = text.replace(/\x1b\[[0-9;]*[A-Za-z]/g, "");
  const at = plain.toLowerCase().indexOf(search.toLowerCase());
  if (at < 0) return <>{plain}</>;
  return (
    <>
      {plain.slice(0, at)}
      <mark>{plain.slice(at, at + search.length)}</mark>
      {plain.slice(at + search.length)}
    </>
  );
}

/** One run as the page knows it: loaded, then kept current by the server's events. */
import { batch, computed, signal } from "@preact/signals";
import { address } from "../../api/client.ts";
import { listen } from "../../api/events.ts";
import { asProblem, type ProblemText } from "../../api/problem.ts";
import { runDetail, runHeat, runTasks } from "../../api/runs.ts";
import type {
  RunDetail,
  RunEvent,
  RunRow,
  TaskEvent,
  TaskRow,
  TaskState,
} from "../../api/types.ts";
import { goesOn } from "../../parts/state.tsx";
import { total } from "../shared/progress.tsx";
import { stateAt, type Tasks, unpack } from "./heat.ts";
import { Pages } from "./pages.ts";

/** The rows of tasks that one request brings. */
const PAGE = 100;
/** The whole strip is asked for anew at most this often while tasks come and go. */
const CALM_MS = 600;

export interface StepRange {
  step: string;
  /** Where its tasks begin and end in the run's tasks. */
  from: number;
  to: number;
}

export class RunModel {
  readonly detail = signal<RunDetail | null>(null);
  readonly tasks = signal<Tasks | null>(null);
  readonly problem = signal<ProblemText | null>(null);
  /** What changed last, in words, for those who don't see it. */
  readonly news = signal("");
  readonly rows: Pages<TaskRow>;

  /** Where each step's tasks lie. */
  readonly ranges = computed<StepRange[]>(() => {
    let from = 0;
    return (this.detail.value?.steps ?? []).map(({ step, counts }) => {
      const range = { step, from, to: from + total(counts) };
      from = range.to;
      return range;
    });
  });

  private answeredAt = 0;
  private timer = 0;
  private readonly abort = new AbortController();
  private stopListening: () => void = () => {};

  constructor(
    readonly flow: string,
    readonly run: string,
  ) {
    this.rows = new Pages(PAGE, async (from, limit) => {
      return (await runTasks(flow, run, { from, limit }, this.abort.signal)).tasks;
    });
  }

  get isLive(): boolean {
    const row = this.detail.value?.row;
    return row !== undefined && goesOn(row.status);
  }

  /** Whether nothing can change any more: one whose owner is gone may be taken up again. */
  private get isOver(): boolean {
    return (this.detail.peek()?.row.finished_at ?? null) !== null;
  }

  /** Milliseconds since the run began, by its own clock. */
  elapsedNow(): number {
    const row = this.detail.peek()?.row;
    if (!row) return 0;
    const then = row.elapsed_ms ?? 0;
    return goesOn(row.status) ? then + (performance.now() - this.answeredAt) : then;
  }

  start(): () => void {
    void this.load().then(() => {
      if (this.detail.peek() && !this.isOver && !this.abort.signal.aborted) this.follow();
    });
    return () => {
      this.abort.abort();
      clearTimeout(this.timer);
      this.stopListening();
    };
  }

  async load(): Promise<void> {
    const mine = this.abort.signal;
    try {
      const [detail, heat] = await Promise.all([
        runDetail(this.flow, this.run, mine),
        runHeat(this.flow, this.run, mine),
      ]);
      batch(() => {
        this.answeredAt = performance.now();
        this.detail.value = detail;
        this.tasks.value = unpack(heat);
        this.problem.value = null;
        this.rows.expire();
        this.rows.version.value += 1;
      });
      // The results of a long run come by and by.
      if (detail.unread > 0) this.soon();
    } catch (error) {
      if (!mine.aborted) this.problem.value = asProblem(error);
    }
  }

  /** Follows a run that goes on, or may: here or in a shell somebody takes it up again. */
  private follow(): void {
    this.stopListening();
    this.stopListening = listen(address("runs", this.flow, this.run, "events"), {
      on: {
        task: (data) => this.taskHappened(data as TaskEvent),
        run: (data) => this.runHappened(data as RunEvent),
      },
      opened: () => this.soon(),
    });
  }

  /** The task of a step that people come for: one that failed, one that runs, or the first. */
  foremost(step: string): TaskRow | undefined {
    const range = this.ranges.value.find((one) => one.step === step);
    const tasks = this.tasks.value;
    if (!range || !tasks) return undefined;
    const that = (state: TaskState) => {
      for (let at = range.from; at < range.to; at += 1) if (stateAt(tasks, at) === state) return at;
      return undefined;
    };
    const at = that("failed") ?? that("running") ?? range.from;
    this.rows.want([at]);
    // Read, so that whoever asked hears when it comes.
    void this.rows.version.value;
    return this.rows.at(at);
  }

  /** The run's row changed by something done here (its tags). */
  setRow(row: Partial<RunRow>): void {
    const detail = this.detail.peek();
    if (detail) this.detail.value = { ...detail, row: { ...detail.row, ...row } };
  }

  private taskHappened({ task, index }: TaskEvent): void {
    const range = this.ranges.peek().find(({ step }) => step === task.step);
    // Rows move when a step before this one grows; the strip that follows sets it right.
    if (range && range.from + index < range.to) this.rows.set(range.from + index, task);
    if (task.status === "failed" && !task.caught) this.news.value = `${task.label} failed`;
    this.soon();
  }

  private runHappened({ row, steps }: RunEvent): void {
    const detail = this.detail.peek();
    if (!detail) return;
    const before = detail.row.status;
    this.answeredAt = performance.now();
    this.detail.value = { ...detail, row, steps: steps.length > 0 ? steps : detail.steps };
    if (row.status === before) return;
    if (goesOn(row.status) && goesOn(before)) return;
    this.news.value = `The run ${goesOn(row.status) ? "goes on" : row.status}`;
    if (this.isOver) this.stopListening();
    if (!goesOn(row.status)) void this.load();
  }

  private soon(): void {
    if (this.timer) return;
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      void this.load();
    }, CALM_MS);
  }
}

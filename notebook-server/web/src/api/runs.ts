/** What the server tells of runs, and what can be asked of it. One function a resource. */
import { address, get, post, withQuery } from "./client.ts";
import type {
  ArtifactDetail,
  CodeDetail,
  Comparison,
  FlowRow,
  Heat,
  LogPage,
  ParameterForm,
  Resumed,
  RunDetail,
  RunList,
  RunNotebook,
  Stopping,
  TaskDetail,
  TaskList,
  WhyRow,
} from "./types.ts";

export interface RunQuery {
  flow?: string | null;
  status?: string[];
  tag?: string[];
  user?: string | null;
  since?: string | null;
  until?: string | null;
  parameter?: string[];
  text?: string | null;
  limit?: number;
  before?: string | null;
}

export function listFlows(signal?: AbortSignal): Promise<FlowRow[]> {
  return get(address("flows"), signal);
}

export function searchRuns(query: RunQuery, signal?: AbortSignal): Promise<RunList> {
  return get(withQuery(address("runs"), { ...query }), signal);
}

export function runDetail(flow: string, run: string, signal?: AbortSignal): Promise<RunDetail> {
  return get(address("runs", flow, run), signal);
}

export function runTasks(
  flow: string,
  run: string,
  query: { step?: string | null; from?: number; limit?: number },
  signal?: AbortSignal,
): Promise<TaskList> {
  return get(withQuery(address("runs", flow, run, "tasks"), query), signal);
}

export function runHeat(flow: string, run: string, signal?: AbortSignal): Promise<Heat> {
  return get(address("runs", flow, run, "heat"), signal);
}

export function runWhy(flow: string, run: string, signal?: AbortSignal): Promise<WhyRow[]> {
  return get(address("runs", flow, run, "why"), signal);
}

export function runCode(flow: string, run: string, signal?: AbortSignal): Promise<CodeDetail> {
  return get(address("runs", flow, run, "code"), signal);
}

/** A task's address in the store: `Flow/run/step/task`. */
export interface TaskName {
  flow: string;
  run: string;
  step: string;
  task: string;
}

export function pathspec(name: TaskName): string {
  return `${name.flow}/${name.run}/${name.step}/${name.task}`;
}

function taskAddress({ flow, run, step, task }: TaskName, ...rest: string[]): string {
  return address("runs", flow, run, step, task, ...rest);
}

export function taskDetail(name: TaskName, signal?: AbortSignal): Promise<TaskDetail> {
  return get(taskAddress(name), signal);
}

export function taskCode(name: TaskName, signal?: AbortSignal): Promise<CodeDetail> {
  return get(taskAddress(name, "code"), signal);
}

export interface LogQuery {
  stream?: string | null;
  attempt?: number | null;
  from?: number;
  limit?: number;
  text?: string | null;
}

export function taskLog(name: TaskName, query: LogQuery, signal?: AbortSignal): Promise<LogPage> {
  return get(withQuery(taskAddress(name, "logs"), { ...query }), signal);
}

export function taskLogDownload(name: TaskName, query: LogQuery): string {
  return withQuery(taskAddress(name, "logs", "download"), { ...query });
}

export function artifactDetail(
  name: TaskName,
  artifact: string,
  signal?: AbortSignal,
): Promise<ArtifactDetail> {
  return get(taskAddress(name, "artifacts", artifact), signal);
}

export function compareRuns(runs: string[], signal?: AbortSignal): Promise<Comparison> {
  return get(withQuery(address("compare"), { runs: runs.join(",") }), signal);
}

export function changeTags(flow: string, run: string, add: string[], remove: string[]) {
  return post<unknown>(address("runs", flow, run, "tags"), { add, remove });
}

/** What a run can be run again with. */
export function runParameters(flow: string, run: string, signal?: AbortSignal) {
  return get<ParameterForm>(address("runs", flow, run, "parameters"), signal);
}

/** Tells the process of a run to end it. */
export function stopRun(flow: string, run: string): Promise<Stopping> {
  return post(address("runs", flow, run, "stop"), {});
}

/** What a notebook can be run with. */
export function notebookParameters(path: string, signal?: AbortSignal): Promise<ParameterForm> {
  return get(withQuery(address("notebooks", "parameters"), { path }), signal);
}

export function runNotebook(asked: RunNotebook): Promise<Resumed> {
  return post(address("notebooks", "run"), asked);
}

// The types of the server's answers. Made from notebook-server/src/api by `make types`;
// what is changed here by hand is lost.

/**
 * What went wrong.
 */
export type ApiError = { 
/**
 * What is wrong, in a sentence.
 */
what: string, 
/**
 * Where: a file and line, a pathspec.
 */
where: string | null, 
/**
 * What to do now.
 */
hint: string | null, };

/**
 * `GET …/artifacts/{name}`.
 */
export type ArtifactDetail = { 
/**
 * The artifact as lists show it.
 */
row: ArtifactRow, 
/**
 * A look into it.
 */
preview: Preview, 
/**
 * Other artifacts with the same digest, the newest first; of many the first hundred.
 */
used_in: Array<Use>, 
/**
 * Whether the whole store was looked at for `used_in`; asked again, it looks further.
 */
is_complete: boolean, 
/**
 * Where it comes from and what was made of it.
 */
lineage: Lineage, };

/**
 * One artifact that a task sees.
 */
export type ArtifactRow = { 
/**
 * Its name.
 */
name: string, 
/**
 * The value's type as its language names it.
 */
type: string, 
/**
 * The form it is stored in: `json`, `npy`, `arrow`, `pickle`, …
 */
codec: string, 
/**
 * The size of that form.
 */
size: number, 
/**
 * The digest of that form: the same digest, the same value.
 */
digest: string, 
/**
 * A short text, made when the value was written.
 */
preview: string | null, 
/**
 * `own`, `inherited`, `parameter` or `constant`.
 */
origin: string, 
/**
 * Pathspec of the task that made it; null for what the run was started with.
 */
made_by: string | null, 
/**
 * The task of another run that computed it, when the maker took its result.
 */
computed_by: string | null, 
/**
 * What the codec tells of it: shape, dtype, rows, columns.
 */
meta: { [key in string]: JsonValue }, };

/**
 * One try.
 */
export type AttemptRow = { 
/**
 * From 0.
 */
attempt: number, 
/**
 * When it began.
 */
started_at: string | null, 
/**
 * When it ended; null while it isn't over.
 */
finished_at: string | null, 
/**
 * How it ended or stands.
 */
outcome: TaskState, 
/**
 * What it said when it failed, in a line.
 */
message: string | null, 
/**
 * Where it ran.
 */
host: string, 
/**
 * Processor time.
 */
cpu_ms: number, 
/**
 * The most memory that it had.
 */
max_rss_bytes: number, 
/**
 * Bytes that it printed, both streams.
 */
printed_bytes: number, 
/**
 * What a user should see once.
 */
notices: Array<string>, };

/**
 * Something in a catalog: a table, or what has tables below it.
 */
export type CatalogEntry = { 
/**
 * The catalog that has it.
 */
catalog: string, 
/**
 * Where it is in the catalog.
 */
path: string, 
/**
 * What people call it.
 */
name: string, 
/**
 * More of the same, in few words.
 */
detail: string | null, 
/**
 * The table, if it is one; else there are others below.
 */
table: TableSource | null, 
/**
 * How many rows, where that is known without opening it.
 */
rows: number | null, 
/**
 * How many columns.
 */
width: number | null, 
/**
 * Bytes.
 */
size: number | null, 
/**
 * When it was made.
 */
made_at: string | null, 
/**
 * Who made it: `Flow/run/step/task`, for an artifact.
 */
made_by: string | null, 
/**
 * Who ran that.
 */
user: string | null, };

/**
 * `GET api/data/catalog` and `GET api/data/search`.
 */
export type CatalogList = { 
/**
 * What is there.
 */
entries: Array<CatalogEntry>, 
/**
 * Whether there is more.
 */
is_cut: boolean, };

/**
 * What a check found.
 */
export type CheckResult = { 
/**
 * When it ended.
 */
ended_at: string, 
/**
 * Runs looked at.
 */
runs: number, 
/**
 * Blobs read in full.
 */
blobs: number, 
/**
 * Their bytes.
 */
blob_bytes: number, 
/**
 * How many things are wrong.
 */
damaged: number, 
/**
 * They, at most a hundred.
 */
findings: Array<Damaged>, };

/**
 * How far a look through the store is.
 */
export type Checking = { 
/**
 * When it began.
 */
begun_at: string, 
/**
 * Runs looked at.
 */
runs: number, 
/**
 * Of so many; 0 where nobody counted.
 */
runs_in_all: number, 
/**
 * Blobs read.
 */
blobs: number, 
/**
 * Of so many; 0 until they are listed.
 */
blobs_in_all: number, };

/**
 * `GET …/code`.
 */
export type CodeDetail = { 
/**
 * The project's files that the flow was loaded from, or a notebook's cells; the step's own
 * first.
 */
files: Array<SourceFile>, 
/**
 * The step's file.
 */
file: string | null, 
/**
 * The first and the last line of the step in it.
 */
lines: [number, number] | null, 
/**
 * The run that `diff` compares with: the flow's run before this one.
 */
previous: string | null, 
/**
 * What changed since then, file by file; null when there was no run before.
 */
diff: Array<FileDiff> | null, };

/**
 * What values of a column are to people.
 */
export type ColumnKind = "number" | "text" | "boolean" | "time" | "binary" | "nested";

/**
 * `GET api/data/statistics`.
 */
export type ColumnStatistics = { 
/**
 * Rows of the view.
 */
rows: number, 
/**
 * Those without a value: null, or no number.
 */
nulls: number, 
/**
 * How many different values.
 */
distinct: number | null, 
/**
 * The least value.
 */
min: JsonValue, 
/**
 * The greatest.
 */
max: JsonValue, 
/**
 * The mean of finite numbers.
 */
mean: number | null, 
/**
 * Their standard deviation.
 */
deviation: number | null, 
/**
 * The quartiles of finite numbers.
 */
quartiles: [number, number, number] | null, 
/**
 * Whether different values and quartiles are exact: of many rows they are known nearly.
 */
is_exact: boolean, 
/**
 * How numbers and times are distributed: bars of equal width from the least on.
 */
histogram: Array<number> | null, 
/**
 * The most frequent values.
 */
top: Array<FrequentValue>, };

/**
 * An artifact of the runs' last tasks.
 */
export type ComparedArtifact = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its type, of the first run that has it.
 */
type: string, 
/**
 * Its preview in each run; null where there is none.
 */
previews: Array<string | null>, 
/**
 * Its pathspec in each run; null where it has none of that name.
 */
pathspecs: Array<string | null>, 
/**
 * Whether all have it, with the same digest.
 */
is_same: boolean, };

/**
 * One of the runs.
 */
export type ComparedRun = { 
/**
 * The run; its parameters are in it.
 */
row: RunRow, 
/**
 * Its metrics.
 */
metrics: { [key in string]: JsonValue }, };

/**
 * `GET api/compare?runs=a,b,c`, where a run is `Flow/run`.
 */
export type Comparison = { 
/**
 * The names of all parameters, those that differ first.
 */
parameters: Array<string>, 
/**
 * The names of all metrics, those that differ first.
 */
metrics: Array<string>, 
/**
 * The runs, in the order in which they were asked for.
 */
rows: Array<ComparedRun>, 
/**
 * How the code of the last run differs from that of the first.
 */
code_diff: Array<FileDiff>, 
/**
 * What the runs ended with.
 */
artifacts: Array<ComparedArtifact>, };

/**
 * One thing that is wrong.
 */
export type Damaged = { 
/**
 * In a sentence.
 */
what: string, 
/**
 * The object.
 */
key: string, 
/**
 * The run that it belongs to, `Flow/run`.
 */
run: string | null, };

/**
 * A disk.
 */
export type DiskRoom = { 
/**
 * A folder on it.
 */
path: string, 
/**
 * Its size.
 */
total_bytes: number, 
/**
 * What may still be written.
 */
free_bytes: number, };

/**
 * The body of `POST api/health/kernels/end`.
 */
export type EndKernel = { 
/**
 * Its session.
 */
session: string, };

/**
 * The body of every answer that isn't a success.
 */
export type ErrorBody = { 
/**
 * What went wrong.
 */
error: ApiError, };

/**
 * How one file changed.
 */
export type FileDiff = { 
/**
 * Its path; a cell's id.
 */
path: string, 
/**
 * What people call it, where that isn't the path.
 */
title: string | null, 
/**
 * `added`, `removed` or `changed`.
 */
change: string, 
/**
 * A unified diff.
 */
text: string, };

/**
 * One flow: an element of `GET api/flows`.
 */
export type FlowRow = { 
/**
 * Its name.
 */
flow: string, 
/**
 * Its newest run.
 */
latest: RunRow | null, };

/**
 * What a flow keeps.
 */
export type FlowSize = { 
/**
 * The flow.
 */
flow: string, 
/**
 * Its runs.
 */
runs: number, 
/**
 * Records, logs, results.
 */
object_bytes: number, 
/**
 * The blobs that it refers to; what several flows share counts for each.
 */
blob_bytes: number, };

/**
 * One parameter.
 */
export type FormField = { 
/**
 * Its name as people type it.
 */
name: string, 
/**
 * Its name as records have it.
 */
attribute: string, 
/**
 * `str`, `int`, `float`, `bool`, `json`, `file`; of a notebook also `expression`.
 */
kind: string, 
/**
 * The value that it has if nobody says another.
 */
value: string | null, 
/**
 * Whether a value must be given.
 */
required: boolean, 
/**
 * What it means.
 */
help: string | null, };

/**
 * One frame of a traceback.
 */
export type Frame = { 
/**
 * The file.
 */
file: string, 
/**
 * The line.
 */
line: number, 
/**
 * The function.
 */
function: string, 
/**
 * The line's text.
 */
text: string | null, 
/**
 * How many more times it came in a row.
 */
repeated: number, };

/**
 * What gc would do.
 */
export type FreedByGc = { 
/**
 * When it was found out.
 */
ended_at: string, 
/**
 * Blobs that would move to the trash.
 */
trashed: number, 
/**
 * Their bytes.
 */
trashed_bytes: number, 
/**
 * Blobs that would go from the trash.
 */
deleted: number, 
/**
 * Their bytes: they would be free at once.
 */
deleted_bytes: number, 
/**
 * Bytes of blobs that nothing refers to, but too young to go.
 */
young_bytes: number, 
/**
 * Leftovers of runs that are over.
 */
leftovers: number, 
/**
 * Cached results that would be forgotten.
 */
results: number, };

/**
 * A frequent value.
 */
export type FrequentValue = { 
/**
 * Which.
 */
value: JsonValue, 
/**
 * How often.
 */
count: number, };

/**
 * The steps of a flow.
 */
export type Graph = { 
/**
 * In the order of their definition.
 */
steps: Array<GraphStep>, };

/**
 * One step.
 */
export type GraphStep = { 
/**
 * Its name; of a notebook the cell's id.
 */
name: string, 
/**
 * `start`, `linear`, `split`, `foreach`, `join`, `end`; of a notebook `cell`.
 */
kind: string, 
/**
 * What people call it: the name, or `cell 3 · sql`.
 */
title: string, 
/**
 * The artifact whose items it leads to, when it is a foreach.
 */
foreach: string | null, 
/**
 * Whether there is one task of it for each item: it is inside a foreach.
 */
is_many: boolean, 
/**
 * The steps that follow; of a cell those that read what it made.
 */
next: Array<string>, 
/**
 * The split or foreach that it closes.
 */
joins: string | null, 
/**
 * The file that it is in.
 */
file: string, 
/**
 * The line of its `def`.
 */
line: number, 
/**
 * Its docstring, or the first line of a cell.
 */
doc: string | null, 
/**
 * Its decorators as text: `retry(times=3)`.
 */
decorators: Array<string>, };

/**
 * `GET api/health`.
 */
export type Health = { 
/**
 * What fills the store; null while it is measured, which takes a while the first time.
 */
store: StoreSize | null, 
/**
 * The disk under the store, or under its local cache.
 */
disk: DiskRoom | null, 
/**
 * The machine's memory.
 */
memory: MemoryRoom | null, 
/**
 * The runs that go on.
 */
running: Array<RunRow>, 
/**
 * Their processes on this machine.
 */
processes: Array<RunProcess>, 
/**
 * Who computes something that others wait for.
 */
leases: Array<LeaseRow>, 
/**
 * The kernels of this user's notebooks on this machine.
 */
kernels: Array<KernelRow>, 
/**
 * The check of the store.
 */
check: Job<Checking, CheckResult>, 
/**
 * What gc would free.
 */
gc: Job<Checking, FreedByGc>, 
/**
 * Why tasks of the latest failed runs did.
 */
errors: Array<RecentError>, 
/**
 * The latest runs that failed, at most ten.
 */
failed: Array<RunRow>, 
/**
 * What stands badly, worst first: empty when all is well.
 */
troubles: Array<ApiError>, };

/**
 * `GET api/runs/{flow}/{run}/heat`. Tasks stand in the order of
 * `TaskList`; the numbers are little-endian.
 */
export type Heat = { 
/**
 * How many tasks there are.
 */
total: number, 
/**
 * What the bytes of `states` mean: byte 0 is the first of these.
 */
legend: Array<TaskState>, 
/**
 * A byte each, base64.
 */
states: string, 
/**
 * When each began, milliseconds since the run did: u32, base64. 2³²-1 is "not yet".
 */
started_ms: string, 
/**
 * How long each took, milliseconds: u32, base64. 2³²-1 is "not over".
 */
elapsed_ms: string, 
/**
 * How many attempts each had: a byte, base64.
 */
attempts: string, };

/**
 * Something that is done beside the answers, when it is asked for.
 */
export type Job<P, R> = { 
/**
 * How far it is, while it is done.
 */
running: P | null, 
/**
 * What came of it the last time.
 */
last: R | null, 
/**
 * Why the last time nothing did.
 */
problem: ApiError | null, };

export type JsonValue = number | string | boolean | Array<JsonValue> | { [key in string]: JsonValue } | null;

/**
 * The kernel of a notebook.
 */
export type KernelRow = { 
/**
 * Its session, which is the id of its run.
 */
session: string, 
/**
 * The notebook's file.
 */
file: string, 
/**
 * The same from the served folder, if it is in there.
 */
path: string | null, 
/**
 * Its process.
 */
pid: number, 
/**
 * How many processes there are with it: its interpreters.
 */
processes: number, 
/**
 * The memory of all of them.
 */
memory_bytes: number, 
/**
 * Whether nothing runs; null when it doesn't answer.
 */
idle: boolean | null, 
/**
 * The interpreters that it started, by a language of each.
 */
interpreters: Array<string>, 
/**
 * When a cell of it ended last; null when none has.
 */
last_ran_at: string | null, };

/**
 * A lease that somebody holds.
 */
export type LeaseRow = { 
/**
 * What is computed: the key of its result in the cache.
 */
key: string, 
/**
 * On which machine.
 */
host: string, 
/**
 * By which process there.
 */
pid: number, 
/**
 * When they said last that they work on it.
 */
seen_at: string, };

/**
 * Where an artifact comes from and what was made of it, across flows and notebooks.
 */
export type Lineage = { 
/**
 * Tasks.
 */
nodes: Array<LineageNode>, 
/**
 * What went from one to another.
 */
edges: Array<LineageEdge>, };

/**
 * What one task read of another, or took over.
 */
export type LineageEdge = { 
/**
 * Pathspec of the task that made it.
 */
from: string, 
/**
 * Pathspec of the task that read it.
 */
to: string, 
/**
 * The names of what was read.
 */
names: Array<string>, 
/**
 * Whether the one took the other's result, and read nothing.
 */
reused: boolean, };

/**
 * A task in a lineage.
 */
export type LineageNode = { 
/**
 * `Flow/run/step/task`.
 */
pathspec: string, 
/**
 * What people call it: `train[11]`.
 */
label: string, 
/**
 * How many steps before the artifact (negative) or after it (positive); its maker is 0.
 */
distance: number, };

/**
 * `event: log`: lines that were printed since, when asked for by `?log=step/task`.
 */
export type LogEvent = { 
/**
 * The step.
 */
step: string, 
/**
 * The task.
 */
task: string, 
/**
 * The lines.
 */
lines: Array<LogRow>, };

/**
 * `GET …/logs`: lines in the order of time, attempt after attempt.
 */
export type LogPage = { 
/**
 * Some of them, from the asked one on.
 */
lines: Array<LogRow>, 
/**
 * What to give as `from` for what follows; while the task goes on there may be more
 * later. Null when this is all and will stay all.
 */
next: number | null, 
/**
 * How many lines there are now that fit the question.
 */
total: number, 
/**
 * Bytes that were cut out of the middle, as the task printed too much.
 */
cut_bytes: number, };

/**
 * One line.
 */
export type LogRow = { 
/**
 * Its number among the task's lines that fit the question but for `text`.
 */
number: number, 
/**
 * The attempt that printed it.
 */
attempt: number, 
/**
 * `stdout` or `stderr`.
 */
stream: string, 
/**
 * When; null when nobody saw the attempt's start.
 */
at: string | null, 
/**
 * Milliseconds since the attempt began.
 */
ms: number, 
/**
 * The line without its end; colours as ANSI escapes.
 */
text: string, };

/**
 * `GET api/me`.
 */
export type Me = { 
/**
 * Who runs the server.
 */
user: string, 
/**
 * The store's address.
 */
store: string, 
/**
 * Flownote's version.
 */
version: string, 
/**
 * The path under which the page stands: `/`, or `/x/` with `--base-url /x`.
 */
base: string, };

/**
 * Memory.
 */
export type MemoryRoom = { 
/**
 * Its size.
 */
total_bytes: number, 
/**
 * What may still be used.
 */
available_bytes: number, };

/**
 * A table under a name.
 */
export type NamedTable = { 
/**
 * The name.
 */
name: string, 
/**
 * The table.
 */
source: TableSource, };

/**
 * The body of `POST api/tasks/open`.
 */
export type OpenTask = { 
/**
 * `Flow/run/step/task`.
 */
pathspec: string, };

/**
 * A task as a notebook.
 */
export type OpenedTask = { 
/**
 * The notebook's file, from the folder in which the server runs.
 */
path: string, };

/**
 * What a flow or a notebook can be run with: `GET api/runs/{flow}/{run}/parameters` and
 * `GET api/notebooks/parameters?path`.
 */
export type ParameterForm = { 
/**
 * In their order.
 */
fields: Array<FormField>, };

/**
 * A look into a value.
 */
export type Preview = { "kind": "text", 
/**
 * The text, or its beginning.
 */
text: string, 
/**
 * Whether it goes on.
 */
is_cut: boolean, } | { "kind": "json", 
/**
 * The value; of a long one the beginning is shown as text instead.
 */
value: JsonValue, } | { "kind": "table", 
/**
 * Its columns.
 */
columns: Array<PreviewColumn>, 
/**
 * Its first rows, at most 200; cells as text, numbers and null.
 */
rows: Array<Array<JsonValue>>, 
/**
 * How many rows it has.
 */
total_rows: number, } | { "kind": "array", 
/**
 * Its type of elements, `float64`.
 */
dtype: string, 
/**
 * Its shape.
 */
shape: Array<number>, 
/**
 * A corner of its last two dimensions, the others at 0; cells as numbers or text.
 */
corner: Array<Array<JsonValue>>, } | { "kind": "image", 
/**
 * `image/png`.
 */
media_type: string, 
/**
 * The picture.
 */
base64: string, } | { "kind": "none", 
/**
 * Why.
 */
why: string, };

/**
 * A column of a table.
 */
export type PreviewColumn = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its type.
 */
type: string, };

/**
 * The answer to a query.
 */
export type QueryAnswer = { "status": "rows", 
/**
 * Under which they can be opened.
 */
id: string, 
/**
 * How long it took.
 */
elapsed_ms: number, 
/**
 * What they are.
 */
table: TableInfo, } | { "status": "failed", 
/**
 * What is wrong.
 */
what: string, 
/**
 * What to do now.
 */
hint: string | null, 
/**
 * Where in its text.
 */
place: QueryPlace | null, };

/**
 * A stretch of one line of a query.
 */
export type QueryPlace = { 
/**
 * The line, from 1.
 */
line: number, 
/**
 * The first character, from 1.
 */
column: number, 
/**
 * How many characters.
 */
length: number, };

/**
 * Why a task failed lately.
 */
export type RecentError = { 
/**
 * `Flow/run/step/task`.
 */
pathspec: string, 
/**
 * What people call it: `train[11]`.
 */
label: string, 
/**
 * Who started the run.
 */
user: string, 
/**
 * When the task ended.
 */
at: string | null, 
/**
 * Why.
 */
error: TaskError, };

/**
 * The body of `POST api/runs/{flow}/{run}/resume`.
 */
export type Resume = { 
/**
 * In which way.
 */
how: ResumeHow, 
/**
 * Parameters that are to have other values, as they are typed.
 */
parameters: { [key in string]: string }, };

/**
 * How a run goes on.
 */
export type ResumeHow = "resume" | "continue" | "again";

/**
 * What was started.
 */
export type Resumed = { 
/**
 * The run; null when it hasn't said its id yet.
 */
run: string | null, 
/**
 * The process.
 */
pid: number, 
/**
 * What was typed, so to speak.
 */
command: Array<string>, 
/**
 * The file that has what it prints.
 */
output: string, };

/**
 * The task whose result another took.
 */
export type ReusedFrom = { 
/**
 * `Flow/run/step/task`.
 */
pathspec: string, 
/**
 * Who ran it.
 */
user: string, 
/**
 * When it ended.
 */
finished_at: string, };

/**
 * `GET api/runs/{flow}/{run}`.
 */
export type RunDetail = { 
/**
 * The run as lists show it.
 */
row: RunRow, 
/**
 * What the flow is for: its docstring.
 */
doc: string | null, 
/**
 * The steps and how they lead to one another.
 */
graph: Graph, 
/**
 * How far each step is, in the order of the graph.
 */
steps: Array<StepRow>, 
/**
 * Tasks that failed, at most five: what ended the run first, what was cut off last.
 */
failures: Array<TaskRow>, 
/**
 * Of how many tasks only the log is known yet, as long as their results are read: which of
 * them were reused isn't, and when they began and ended is known about.
 */
unread: number, 
/**
 * Python, platform, packages, git: as recorded.
 */
environment: JsonValue, 
/**
 * Which tasks' records can't be read, and why; of many the first.
 */
damage: Array<string>, 
/**
 * The scalar artifacts that it ended with.
 */
metrics: { [key in string]: JsonValue }, 
/**
 * The command line as it was typed.
 */
command: Array<string>, 
/**
 * The step after which it was to end (`--until`).
 */
until: string | null, 
/**
 * Whether it runs, or ran, on this machine: it can be resumed from here.
 */
is_here: boolean, };

/**
 * `event: run`: the run's numbers changed, or it is over.
 */
export type RunEvent = { 
/**
 * The run as it stands now.
 */
row: RunRow, 
/**
 * Its steps; empty in `api/events`.
 */
steps: Array<StepRow>, };

/**
 * `GET api/runs`: newest first.
 */
export type RunList = { 
/**
 * The runs.
 */
runs: Array<RunRow>, 
/**
 * What to give as `before` for the next page; null on the last.
 */
more: string | null, 
/**
 * How many there are on all pages; null where that isn't known without reading them.
 */
total: number | null, };

/**
 * The body of `POST api/notebooks/run`, which answers `Resumed`.
 */
export type RunNotebook = { 
/**
 * The notebook, from the served folder.
 */
path: string, 
/**
 * Parameters that are to have other values, as they are typed.
 */
parameters: { [key in string]: string }, 
/**
 * Tags of the run.
 */
tags: Array<string>, 
/**
 * Whether results of cells may be taken that were computed before.
 */
reuse: boolean, };

/**
 * The process of a run, with those that it started.
 */
export type RunProcess = { 
/**
 * `Flow/run`.
 */
run: string, 
/**
 * The process that owns the run.
 */
pid: number, 
/**
 * How many there are with it: workers, tasks.
 */
processes: number, 
/**
 * The memory of all of them.
 */
memory_bytes: number, };

/**
 * One run in a list.
 */
export type RunRow = { 
/**
 * The flow.
 */
flow: string, 
/**
 * The run.
 */
run: string, 
/**
 * How it stands.
 */
status: RunState, 
/**
 * Who started it.
 */
user: string, 
/**
 * Where.
 */
host: string, 
/**
 * Its tags, changes applied.
 */
tags: Array<string>, 
/**
 * Tags that the system gave.
 */
system_tags: Array<string>, 
/**
 * When it began.
 */
started_at: string, 
/**
 * When it ended; null while it isn't over.
 */
finished_at: string | null, 
/**
 * How long it took, or has taken until this answer; null when its owner is gone.
 */
elapsed_ms: number | null, 
/**
 * How many tasks it has.
 */
tasks: Tally, 
/**
 * Its scalar parameters; others as their previews.
 */
parameters: { [key in string]: JsonValue }, 
/**
 * The first task that failed for good, `train[11]`.
 */
failed_at: string | null, 
/**
 * The file that it was started from: a flow's or a notebook's.
 */
file: string | null, 
/**
 * The run that it takes results from, when it is a resume.
 */
origin: string | null, 
/**
 * Why its record can't be read: parameters, user and tasks are then unknown.
 */
damage: string | null, };

/**
 * How a run stands.
 */
export type RunState = "succeeded" | "failed" | "cancelled" | "running" | "open" | "interrupted";

/**
 * A source file as it was.
 */
export type SourceFile = { 
/**
 * Its path as recorded; a cell's id.
 */
path: string, 
/**
 * What people call it, where that isn't the path: `cell 3 · sql`.
 */
title: string | null, 
/**
 * Its language, where the path doesn't tell.
 */
language: string | null, 
/**
 * Its text.
 */
text: string, };

/**
 * How far a step is.
 */
export type StepRow = { 
/**
 * The step.
 */
step: string, 
/**
 * Its tasks.
 */
counts: Tally, 
/**
 * Attempts after the first.
 */
retries: number, 
/**
 * When its first task began.
 */
first_started_at: string | null, 
/**
 * When its last task ended; null while one isn't over.
 */
last_finished_at: string | null, 
/**
 * From the one to the other, or until this answer.
 */
elapsed_ms: number | null, 
/**
 * Processor time of all attempts.
 */
cpu_ms: number, 
/**
 * The most memory that an attempt had.
 */
max_rss_bytes: number, };

/**
 * A run that was told to end.
 */
export type Stopping = { 
/**
 * The process that was told.
 */
pid: number, };

/**
 * What fills a store.
 */
export type StoreSize = { 
/**
 * When it was measured.
 */
measured_at: string, 
/**
 * Everything together.
 */
total_bytes: number, 
/**
 * Each flow, the largest first.
 */
flows: Array<FlowSize>, 
/**
 * All blobs, each once.
 */
blob_bytes: number, 
/**
 * Blobs that no run refers to: `flownote gc` takes them away.
 */
unreferenced_bytes: number, 
/**
 * Blobs in the trash.
 */
trash_bytes: number, };

/**
 * A column.
 */
export type TableColumn = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its type: `int64`, `timestamp[us, tz=UTC]`.
 */
type: string, 
/**
 * What that is to people.
 */
kind: ColumnKind, };

/**
 * `GET api/data/table`.
 */
export type TableInfo = { 
/**
 * How many rows.
 */
rows: number, 
/**
 * Bytes that its columns take.
 */
bytes: number, 
/**
 * Its columns.
 */
columns: Array<TableColumn>, };

/**
 * `GET api/data/page`.
 */
export type TablePage = { 
/**
 * Rows that the view has.
 */
total: number, 
/**
 * The rows' numbers in the table, from 0.
 */
numbers: Array<number>, 
/**
 * The columns' cells: exact numbers, booleans, null, and text for the rest.
 */
cells: Array<Array<JsonValue>>, };

/**
 * `POST api/data/query`.
 */
export type TableQuery = { 
/**
 * The query.
 */
sql: string, 
/**
 * Tables that it names in its own way; artifacts and files need no entry.
 */
tables: Array<NamedTable>, };

/**
 * Something that can be opened as a table. In addresses each stands as `artifact=…`,
 * `file=…`, `result=…`, or `notebook=…&cell=…&name=…`.
 */
export type TableSource = { "kind": "artifact", 
/**
 * `Flow/run/step/task/name`.
 */
pathspec: string, } | { "kind": "file", 
/**
 * From that folder on.
 */
path: string, } | { "kind": "result", 
/**
 * As the query's answer has it.
 */
id: string, } | { "kind": "frame", 
/**
 * The notebook.
 */
notebook: string, 
/**
 * The cell.
 */
cell: string, 
/**
 * The name, or that of a shown value (`table 1`).
 */
name: string, };

/**
 * Which rows of a table, in which order.
 */
export type TableView = { 
/**
 * Columns that say the order; `-` before a name is from the greatest on.
 */
sort: Array<string>, 
/**
 * A condition of SQL.
 */
filter: string | null, 
/**
 * A text that one of the row's cells has.
 */
search: string | null, };

/**
 * The body of `POST api/runs/{flow}/{run}/tags`, which answers the run's row.
 */
export type TagsChange = { 
/**
 * Tags to add.
 */
add: Array<string>, 
/**
 * Tags to remove.
 */
remove: Array<string>, };

/**
 * Tasks, counted: each in one of the numbers but `total`, which has all.
 */
export type Tally = { 
/**
 * They wait.
 */
queued: number, 
/**
 * They are at work.
 */
running: number, 
/**
 * They ran and committed.
 */
done: number, 
/**
 * They took an earlier result.
 */
reused: number, 
/**
 * They failed for good.
 */
failed: number, 
/**
 * They were cancelled, lost or interrupted.
 */
cancelled: number, 
/**
 * All that are known of; null where nobody counted.
 */
total: number | null, };

/**
 * `GET api/runs/{flow}/{run}/{step}/{task}`.
 */
export type TaskDetail = { 
/**
 * The task as lists show it.
 */
row: TaskRow, 
/**
 * What it sees, by name: its own artifacts and those passed on to it. Parameters and
 * constants of the run come last.
 */
artifacts: Array<ArtifactRow>, 
/**
 * The parameters of its run, as `RunRow` has them.
 */
parameters: { [key in string]: JsonValue }, 
/**
 * Why it ran although a result was looked for; null when it looked for none or took one.
 */
why_not_reused: string | null, 
/**
 * Pathspecs of the tasks whose results it was given; of many the first hundred.
 */
parents: Array<string>, 
/**
 * How many those are.
 */
parents_total: number, 
/**
 * Pathspecs of the tasks that were given its results; of many the first hundred.
 */
children: Array<string>, 
/**
 * How many those are.
 */
children_total: number, };

/**
 * Why a task failed.
 */
export type TaskError = { 
/**
 * What kind of end it was: `exception`, `timeout`, `out_of_memory`, …
 */
kind: string, 
/**
 * The exception's class, `ValueError`, or the kind.
 */
name: string, 
/**
 * What it says, without the class.
 */
message: string, 
/**
 * What to do now.
 */
hint: string | null, 
/**
 * The traceback as it was printed.
 */
traceback: string | null, 
/**
 * The traceback's frames, the outermost first; empty when it can't be taken apart.
 */
frames: Array<Frame>, };

/**
 * `event: task`: a task began, or a try of it ended.
 */
export type TaskEvent = { 
/**
 * The task as it stands now.
 */
task: TaskRow, 
/**
 * Its place in `TaskList` and `Heat` of its step.
 */
index: number, };

/**
 * `GET api/runs/{flow}/{run}/tasks`: steps in the order of the graph, tasks by their
 * foreach indices.
 */
export type TaskList = { 
/**
 * Some of them, from the asked one on.
 */
tasks: Array<TaskRow>, 
/**
 * How many there are.
 */
total: number, };

/**
 * One task in a list.
 */
export type TaskRow = { 
/**
 * The step.
 */
step: string, 
/**
 * The task within the step: `0`, `11`, `3-0`.
 */
task: string, 
/**
 * What people call it: `train[11]`, `end`.
 */
label: string, 
/**
 * Its place in its innermost foreach, from 0.
 */
foreach_index: number | null, 
/**
 * A short text of its item, where the items were recorded.
 */
foreach_value: string | null, 
/**
 * How it stands.
 */
status: TaskState, 
/**
 * Its attempts, from the first.
 */
attempts: Array<AttemptRow>, 
/**
 * When its first attempt began.
 */
started_at: string | null, 
/**
 * When its last attempt ended; null while it isn't over.
 */
finished_at: string | null, 
/**
 * From the one to the other, or until this answer.
 */
elapsed_ms: number | null, 
/**
 * The task whose result it took.
 */
reused: ReusedFrom | null, 
/**
 * Why it failed, or what `@catch` turned into a value.
 */
error: TaskError | null, 
/**
 * Whether `error` was caught: the task committed all the same.
 */
caught: boolean, 
/**
 * Whether it would have been tried again, and the run ended before.
 */
cut_off: boolean, };

/**
 * How a task stands, and how an attempt ended.
 */
export type TaskState = "queued" | "running" | "succeeded" | "reused" | "failed" | "cancelled" | "lost" | "interrupted";

/**
 * An artifact somewhere else with the same bytes.
 */
export type Use = { 
/**
 * `Flow/run/step/task/name`.
 */
pathspec: string, 
/**
 * Who ran that task.
 */
user: string, 
/**
 * When it ended.
 */
finished_at: string | null, 
/**
 * Whether it took the result rather than computing it.
 */
reused: boolean, };

/**
 * Why a task ran although a result was looked for: an element of
 * `GET api/runs/{flow}/{run}/why`, one a step.
 */
export type WhyRow = { 
/**
 * The step.
 */
step: string, 
/**
 * The task that was asked about.
 */
task: string, 
/**
 * The first thing that differs from the nearest kept result, or why none is kept.
 */
why: string, 
/**
 * The task that made the nearest kept result.
 */
nearest: ReusedFrom | null, 
/**
 * What else differs.
 */
also: Array<string>, };

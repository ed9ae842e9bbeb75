// The types of the server's answers. Made from notebook-server/src/notebooks by `make types`;
// what is changed here by hand is lost.

/**
 * An answer: one of the two.
 */
export type Answer = { 
/**
 * The question's number.
 */
id: number, 
/**
 * What came of it.
 */
reply: Reply | null, 
/**
 * Why nothing came of it.
 */
problem: Problem | null, };

/**
 * A question.
 */
export type Ask = { 
/**
 * The number that the answer will have.
 */
id: number, 
/**
 * What is asked.
 */
request: Request, };

/**
 * One block of a notebook, in one language.
 */
export type Cell = { 
/**
 * Its name, the same for its whole life.
 */
id: CellId, 
/**
 * What it is written in.
 */
language: Language, 
/**
 * The text, with `\n` between lines. The `%%sql` of the file isn't part of it.
 */
source: string, 
/**
 * What it shows, as of its last execution.
 */
outputs?: Array<Output>, 
/**
 * The `3` of `In [3]`.
 */
execution_count?: number | null, 
/**
 * The file's metadata of the cell, what others put there included.
 */
metadata?: { [key in string]: JsonValue }, 
/**
 * The images pasted into a Markdown or raw cell: name → MIME type → base64.
 */
attachments?: { [key in string]: JsonValue }, 
/**
 * The language of a cell that no interpreter of ours speaks (`scala`). Such a cell is
 * `Language::Raw` here, never executed, and stays a code cell in the file.
 */
foreign?: string | null, };

/**
 * How one cell differs.
 */
export type CellDifference = { "change": "added", 
/**
 * Its id.
 */
cell: CellId, 
/**
 * Its number, from 1.
 */
number: number, 
/**
 * Its language.
 */
language: Language, 
/**
 * Its text.
 */
source: string, 
/**
 * Its outputs in words.
 */
outputs?: Array<string>, } | { "change": "removed", 
/**
 * Its id.
 */
cell: CellId, 
/**
 * Its number in the older notebook, from 1.
 */
number: number, 
/**
 * Its language.
 */
language: Language, 
/**
 * Its text.
 */
source: string, 
/**
 * Its outputs in words.
 */
outputs?: Array<string>, } | { "change": "changed", 
/**
 * Its id in the newer notebook.
 */
cell: CellId, 
/**
 * Its id in the older one, when that was another and the text told the cell.
 */
was?: CellId, 
/**
 * Its number in the newer notebook, from 1.
 */
number: number, 
/**
 * Its number in the older one, when it was moved.
 */
moved_from?: number, 
/**
 * Its language in the newer notebook.
 */
language: Language, 
/**
 * Its language in the older one, when that was another.
 */
was_language?: Language, 
/**
 * Where its text differs.
 */
hunks?: Array<Hunk>, 
/**
 * What it showed and shows, when that differs.
 */
outputs?: Change<Array<string>>, 
/**
 * Its metadata, and its pasted images as `attachments`.
 */
metadata?: Array<Change<JsonValue>>, };

/**
 * The id of a cell: 1–64 of `a-z A-Z 0-9 - _`, unique in its notebook, the same for
 * the cell's whole life. It names the step of the cell's tasks.
 */
export type CellId = string;

/**
 * The names of one cell.
 */
export type CellLinks = { 
/**
 * What it makes, by name.
 */
defined: Array<DefinedName>, 
/**
 * The names that it uses, also by way of functions that it may call, and the nearest
 * cell above that makes each.
 */
used: { [key in string]: CellId }, 
/**
 * Why it counts as using all names above (`eval`, `import *`).
 */
all: string | null, };

/**
 * The state of a cell.
 */
export type CellStatus = { "status": "never_run" } | { "status": "queued" } | { "status": "running" } | { "status": "fresh", 
/**
 * Who computed it, when it was not this session.
 */
reused?: Origin | null, } | { "status": "stale", 
/**
 * What changed first.
 */
why: Why, } | { "status": "unverified", 
/**
 * What could not be seen (`opened a socket`).
 */
why: string, } | { "status": "failed" } | { "status": "interrupted" };

/**
 * One thing before and after; absent where there was none.
 */
export type Change<T> = { 
/**
 * What it is: a key of the metadata, `outputs`.
 */
key: string, 
/**
 * In the older notebook.
 */
before?: T, 
/**
 * In the newer one.
 */
after?: T, };

/**
 * What is found in a cell.
 */
export type CheckedCell = { 
/**
 * Its id.
 */
cell: CellId, 
/**
 * The text that was read: with another, places mean nothing.
 */
source: string, 
/**
 * What was found.
 */
problems: Array<Mistake>, };

/**
 * The body of `POST api/notebooks/kernel/python`.
 */
export type ChoosePython = { 
/**
 * The notebook.
 */
path: string, 
/**
 * The program; the server's own where there is none.
 */
python: string | null, };

/**
 * A message of a widget, in either direction.
 */
export type Comm = { 
/**
 * The id of the pair.
 */
id: string, 
/**
 * What happens.
 */
kind: CommKind, 
/**
 * The kind of widget, when it opens.
 */
target?: string | null, 
/**
 * The message.
 */
data: JsonValue, 
/**
 * Binary parts, base64.
 */
buffers?: Array<string>, 
/**
 * What Jupyter's message carries beside.
 */
metadata?: JsonValue, };

/**
 * What happens to a pair of widgets.
 */
export type CommKind = "open" | "message" | "close";

/**
 * Whether code ends a statement.
 */
export type Completeness = "complete" | "incomplete" | "invalid" | "unknown";

/**
 * Something that could stand at the cursor.
 */
export type Completion = { 
/**
 * The text.
 */
text: string, 
/**
 * `function`, `module`, `keyword`….
 */
type?: string | null, 
/**
 * The signature of a function.
 */
signature?: string | null, };

/**
 * A name that an execution bound.
 */
export type Defined = { 
/**
 * The value's type as its language names it (`pandas.DataFrame`).
 */
type: string, 
/**
 * A few words (`100,000 × 4`).
 */
summary: string | null, 
/**
 * Whether the value can't be stored: it lives in its process only.
 */
live: boolean, 
/**
 * The digest of its encoding, where it is known without effort.
 */
digest: string | null, };

/**
 * Where a name is defined.
 */
export type DefinedAt = { 
/**
 * The cell.
 */
cell: CellId, 
/**
 * Where the name begins in its text.
 */
from: number, 
/**
 * Where it ends.
 */
to: number, 
/**
 * The name.
 */
name: string, };

/**
 * A name that a cell makes.
 */
export type DefinedName = { 
/**
 * The name.
 */
name: string, 
/**
 * What kind of thing it is, as far as the text says.
 */
kind: NameKind, 
/**
 * The value's type as its language names it; none before the cell has run.
 */
type: string | null, 
/**
 * A few words for people (`100,000 × 4`).
 */
summary: string | null, 
/**
 * Whether the value lives and dies with its interpreter.
 */
live: boolean, };

/**
 * What differs between two notebooks. Numbers of executions don't count.
 */
export type Difference = { 
/**
 * The cells that differ, in the order of the newer notebook; what was removed stands
 * where it was.
 */
cells: Array<CellDifference>, 
/**
 * The notebook's metadata, and its mode as `mode`.
 */
metadata?: Array<Change<JsonValue>>, };

/**
 * A notebook. `Document::apply` changes what people write, and can take it back; the
 * methods about outputs change what executions show, and can't.
 */
export type Document = { 
/**
 * Its name, once it has one: a file of another program has none.
 */
id?: NotebookId | null, mode: Mode, cells: Array<Cell>, metadata: { [key in string]: JsonValue }, 
/**
 * What else the file has beside its metadata.
 */
extra: { [key in string]: JsonValue }, revision: number, };

/**
 * A change of a text.
 */
export type Edit = { 
/**
 * The cell.
 */
cell: CellId, 
/**
 * The version that the first update applies to. When it isn't the current one, nothing
 * is done, and `edited` says what the page didn't know.
 */
version: number, 
/**
 * What is changed.
 */
updates: Array<Typed>, };

/**
 * Changes of a cell's text, in order.
 */
export type Edited = { 
/**
 * The cell.
 */
cell: CellId, 
/**
 * The version that the first update applies to; a page that is further leaves out as
 * many updates as it knows already.
 */
version: number, 
/**
 * What was changed.
 */
updates: Array<Update>, };

/**
 * A cell that asked its process to end.
 */
export type Exit = { 
/**
 * What it gave to `sys.exit`: a number, a text, or nothing.
 */
code: JsonValue, };

/**
 * How an execution ended, in a word.
 */
export type FinishStatus = "ok" | "error" | "interrupted";

/**
 * Where a user is.
 */
export type Focus = { 
/**
 * The cell; none for the notebook as a whole.
 */
cell: CellId | null, };

/**
 * One call on the way to an error.
 */
export type Frame = { 
/**
 * The cell whose source it is.
 */
cell?: CellId | null, 
/**
 * The file whose source it is.
 */
file?: string | null, 
/**
 * The line, from 1.
 */
line: number, 
/**
 * The function.
 */
name: string, 
/**
 * The source of the line.
 */
text: string, 
/**
 * How often it called itself in a row beyond the first time.
 */
repeated?: number, };

/**
 * What the page says.
 */
export type FromPage = { "ask": Ask } | { "edit": Edit } | { "focus": Focus } | { "save": Record<symbol, never> } | { "trust": Record<symbol, never> };

/**
 * A notebook as it stands.
 */
export type Hello = { 
/**
 * The number of this page among those that look at the notebook.
 */
client: number, 
/**
 * The notebook's path below the served folder.
 */
path: string, 
/**
 * The session, which is the run's id; none while no kernel runs.
 */
session: string | null, 
/**
 * The document with its outputs.
 */
document: Document, 
/**
 * What each code cell is worth.
 */
statuses: { [key in CellId]: CellStatus }, 
/**
 * The milliseconds that each cell ran when it last did, or has run by now.
 */
elapsed_ms: { [key in CellId]: number }, 
/**
 * What each code cell makes and uses, as far as that is known yet.
 */
names: { [key in CellId]: CellLinks }, 
/**
 * The version of each cell's text: one more with each update.
 */
versions: { [key in CellId]: number }, 
/**
 * The number of the first event that isn't in the above.
 */
next: number, 
/**
 * Whether nothing runs and nothing waits.
 */
idle: boolean, 
/**
 * The interpreters that were started.
 */
interpreters: Array<Standing>, 
/**
 * The cell that waits for a line, if one does.
 */
asking: Prompt | null, 
/**
 * Who is here, this page included.
 */
people: Array<Person>, 
/**
 * Whether the file says what the document says.
 */
saved: boolean, 
/**
 * Whether all outputs are trusted.
 */
trusted: boolean, 
/**
 * The cells whose outputs may have scripts that run: this user's own runs made them, or
 * the user trusts them.
 */
trusted_cells: Array<CellId>, };

/**
 * Lines that differ, with those around them.
 */
export type Hunk = { 
/**
 * The first line in the older text, from 1, and how many.
 */
before: [number, number], 
/**
 * The first line in the newer text, from 1, and how many.
 */
after: [number, number], 
/**
 * The lines.
 */
lines: Array<Line>, };

export type JsonValue = number | string | boolean | Array<JsonValue> | { [key in string]: JsonValue } | null;

/**
 * What a cell is written in.
 */
export type Language = "python" | "sql" | "rust" | "wasm" | "markdown" | "raw";

/**
 * One line of a hunk.
 */
export type Line = { 
/**
 * Where it stands.
 */
kind: LineKind, 
/**
 * The line without its end.
 */
text: string, };

/**
 * In which text a line is.
 */
export type LineKind = "same" | "removed" | "added";

/**
 * How cells are run, beside what the document says.
 */
export type Manner = { 
/**
 * Show nothing, count nothing.
 */
silent: boolean, 
/**
 * Whether they enter the history of inputs.
 */
store_history: boolean, 
/**
 * Whether somebody is there to answer `input()`.
 */
allow_stdin: boolean, 
/**
 * The number that the interpreter shows, when whoever asks counts too.
 */
count: number | null, };

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
 * Something that is wrong with a cell's text.
 */
export type Mistake = { 
/**
 * Where it begins.
 */
from: number, 
/**
 * Where it ends; `from` when it is a point.
 */
to: number, 
/**
 * `error` or `warning`.
 */
severity: Severity, 
/**
 * What is wrong.
 */
message: string, 
/**
 * What to do.
 */
hint: string | null, };

/**
 * When a notebook's cells run (notebook rule 9).
 */
export type Mode = "lazy" | "auto" | "manual";

/**
 * Kinds of names.
 */
export type NameKind = "value" | "constant" | "function" | "class" | "import" | "item" | "changed";

/**
 * What cells make and use.
 */
export type Names = { 
/**
 * By cell; those that aren't here are as they were.
 */
cells: { [key in CellId]: CellLinks }, };

/**
 * The body of `POST api/notebooks` and `POST api/notebooks/delete`.
 */
export type NotebookAt = { 
/**
 * The path below the served folder.
 */
path: string, };

/**
 * `GET api/notebooks/check?path=&with=`: what a program finds in the cells' text.
 */
export type NotebookChecked = { 
/**
 * The program.
 */
program: string, 
/**
 * The cells that it read, and what it found in each.
 */
cells: Array<CheckedCell>, };

/**
 * A folder, or a notebook.
 */
export type NotebookEntry = { "kind": "folder", 
/**
 * Its name.
 */
name: string, 
/**
 * Its path below the served folder, with `/`.
 */
path: string, 
/**
 * What is in it.
 */
entries: Array<NotebookEntry>, } | { "kind": "notebook", 
/**
 * Its name.
 */
name: string, 
/**
 * Its path below the served folder, with `/`.
 */
path: string, 
/**
 * When it was written: RFC 3339, UTC.
 */
modified: string, 
/**
 * Bytes.
 */
size: number, 
/**
 * Whether a kernel runs for it.
 */
running: boolean, };

/**
 * The body of `POST api/notebooks/rename` and `POST api/notebooks/copy`.
 */
export type NotebookFromTo = { 
/**
 * The path of the notebook.
 */
path: string, 
/**
 * Its new path, or that of the copy.
 */
to: string, };

/**
 * `GET api/notebooks/history?path=`: what was saved, the newest first.
 */
export type NotebookHistory = { 
/**
 * The saves.
 */
saves: Array<NotebookSave>, };

/**
 * The id of a notebook, kept in the file's own metadata (`metadata.flownote.id`), so
 * that it survives a rename. A copy of the file gets a new one.
 */
export type NotebookId = string;

/**
 * An interpreter's process.
 */
export type NotebookInterpreter = { 
/**
 * One of its languages.
 */
language: Language, 
/**
 * `starting`, `ready` or `ended`.
 */
state: string, 
/**
 * Its process.
 */
pid: number | null, 
/**
 * The memory that it has, in bytes.
 */
resident: number | null, 
/**
 * What runs the language, with its version.
 */
version: string | null, 
/**
 * The program.
 */
executable: string | null, 
/**
 * The folder of the virtual environment that the program is of.
 */
environment: string | null, };

/**
 * `GET api/notebooks/kernel?path=`: the processes of a notebook.
 */
export type NotebookKernel = { 
/**
 * Whether a supervisor runs.
 */
running: boolean, 
/**
 * The session, which is the run's id.
 */
session: string | null, 
/**
 * The supervisor's process.
 */
pid: number | null, 
/**
 * The memory that it has, in bytes.
 */
resident: number | null, 
/**
 * The interpreters that were started.
 */
interpreters: Array<NotebookInterpreter>, 
/**
 * The Python that Python cells run with, or would.
 */
python: string, 
/**
 * The machine's memory.
 */
memory: MemoryRoom | null, };

/**
 * One that is installed.
 */
export type NotebookPackage = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its version.
 */
version: string, };

/**
 * `GET api/notebooks/kernel/packages?path=`: what is installed for Python cells.
 */
export type NotebookPackages = { 
/**
 * The Python.
 */
executable: string, 
/**
 * The packages that it finds, by name.
 */
packages: Array<NotebookPackage>, };

/**
 * What was made or moved.
 */
export type NotebookPlace = { 
/**
 * Its path below the served folder.
 */
path: string, };

/**
 * A Python.
 */
export type NotebookPython = { 
/**
 * The program.
 */
executable: string, 
/**
 * The folder of the virtual environment that it is of.
 */
environment: string | null, 
/**
 * Its version, if it says one.
 */
version: string | null, 
/**
 * Why cells can't run in it.
 */
problem: string | null, };

/**
 * `POST api/notebooks/kernel/pythons`: what the notebook's Python cells may run in.
 */
export type NotebookPythons = { 
/**
 * The one that was chosen, or the server's.
 */
chosen: string, 
/**
 * The server's.
 */
usual: string, 
/**
 * All that were found, the chosen one first.
 */
pythons: Array<NotebookPython>, };

/**
 * The body of `POST api/notebooks/history/restore`.
 */
export type NotebookRestore = { 
/**
 * The path of the notebook.
 */
path: string, 
/**
 * Which save.
 */
save: string, };

/**
 * What became of it: browsers see the change as they see any other, and undo takes it back.
 */
export type NotebookRestored = { 
/**
 * Whether the notebook was another than that save.
 */
changed: boolean, };

/**
 * A notebook as it was once.
 */
export type NotebookSave = { 
/**
 * Its name in this history: `GET api/notebooks/history/diff?path=&save=` tells what
 * differs between it and the notebook now.
 */
save: string, 
/**
 * When: RFC 3339, UTC.
 */
at: string, 
/**
 * Bytes.
 */
size: number, 
/**
 * Why it is kept: `saved`, `replaced` for what another program's file or an earlier save
 * took the place of, `restored` for an earlier save that was restored.
 */
why: string, };

/**
 * `GET api/notebooks/history/save?path=&save=`: a notebook as it was once.
 */
export type NotebookSaved = { 
/**
 * Which save.
 */
save: string, 
/**
 * When: RFC 3339, UTC.
 */
at: string, 
/**
 * Why it is kept; see `NotebookSave::why`.
 */
why: string, 
/**
 * The notebook, without outputs.
 */
document: Document, };

/**
 * `GET api/notebooks`: what is in the served folder.
 */
export type NotebookTree = { 
/**
 * The served folder, as its user knows it.
 */
root: string, 
/**
 * What is in it.
 */
entries: Array<NotebookEntry>, 
/**
 * Whether there is more than is told.
 */
cut: boolean, };

/**
 * The body of `POST api/notebooks/upload`.
 */
export type NotebookUpload = { 
/**
 * The path of the new file, of any kind.
 */
path: string, 
/**
 * Its content, base64.
 */
content: string, 
/**
 * Whether it may take the place of a file that is there; notebooks never do.
 */
replace: boolean, };

/**
 * An event and its number.
 */
export type Numbered = { 
/**
 * Its number: one more than that of the event before.
 */
seq: number, } & ({ "event": "status", 
/**
 * The cell.
 */
cell: CellId, 
/**
 * What it is now.
 */
status: CellStatus, } | { "event": "started", 
/**
 * The cell.
 */
cell: CellId, 
/**
 * Which execution.
 */
execution: number, 
/**
 * The number that people see.
 */
count: number, 
/**
 * The code as the user wrote it.
 */
source: string, } | { "event": "finished", 
/**
 * The cell.
 */
cell: CellId, 
/**
 * Which execution.
 */
execution: number, 
/**
 * The number that people see.
 */
count: number, 
/**
 * How.
 */
status: FinishStatus, 
/**
 * Milliseconds.
 */
elapsed_ms: number, 
/**
 * What it defined.
 */
defined: { [key in string]: Defined }, 
/**
 * Jupyter's payloads.
 */
payload?: Array<JsonValue>, 
/**
 * It asked for the end of the session (`quit()`), with this code.
 */
exit?: Exit | null, } | { "event": "outputs", 
/**
 * The cell.
 */
cell: CellId, 
/**
 * All that it shows.
 */
outputs: Array<Output>, } | { "event": "output", 
/**
 * The cell; none when no cell can be told.
 */
cell: CellId | null, 
/**
 * Which execution.
 */
execution: number | null, 
/**
 * What.
 */
output: Output, } | { "event": "input_request", 
/**
 * The cell.
 */
cell: CellId | null, 
/**
 * Which execution.
 */
execution: number | null, 
/**
 * What to ask.
 */
prompt: string, 
/**
 * Whether the line is not to be shown.
 */
password: boolean, } | { "event": "input_answered", 
/**
 * The cell.
 */
cell: CellId | null, } | { "event": "comm", 
/**
 * The execution that it belongs to.
 */
execution: number | null, 
/**
 * What.
 */
comm: Comm, } | { "event": "changed", 
/**
 * Its revision.
 */
revision: number, 
/**
 * What was done; a copy that applies it is the same again.
 */
applied: Operation, 
/**
 * The cells that are new or differ.
 */
touched: Array<CellId>, 
/**
 * The cells that are gone.
 */
removed: Array<CellId>, } | { "event": "reloaded", 
/**
 * All of it.
 */
document: Document, } | { "event": "refused", 
/**
 * The cell that was to run.
 */
cell: CellId, 
/**
 * Why, and what to do.
 */
trouble: Trouble, } | { "event": "interpreter", 
/**
 * One of its languages.
 */
language: Language, } & ({ "state": "starting" } | { "state": "ready", 
/**
 * Its process.
 */
pid: number, 
/**
 * What runs its languages.
 */
runtime: Runtime, } | { "state": "ended", 
/**
 * What happened.
 */
message: string, 
/**
 * What to do.
 */
hint: string | null, }) | { "event": "kill_offer", 
/**
 * The language of what runs.
 */
language: Language, 
/**
 * Which execution.
 */
execution: number, } | { "event": "restored", 
/**
 * The cell.
 */
cell: CellId, 
/**
 * `Notebook/run/cell/task` of the task that computed it.
 */
pathspec: string, 
/**
 * Who ran that.
 */
user: string, 
/**
 * When it ended: RFC 3339, UTC.
 */
finished_at: string, } | { "event": "restart_offer", 
/**
 * The language.
 */
language: Language, 
/**
 * What happened.
 */
message: string, 
/**
 * What a restart does.
 */
hint: string, } | { "event": "log", 
/**
 * `debug`, `info`, `warning`, `error`.
 */
level: string, 
/**
 * What.
 */
text: string, } | { "event": "busy" } | { "event": "idle" } | { "event": "ended" });

/**
 * A change to ask for. Positions among cells count from 0; positions in text count
 * UTF-16 units.
 */
export type Operation = { "op": "insert", 
/**
 * The cell; its id is new.
 */
cell: Cell, 
/**
 * Where it will stand.
 */
at: number, } | { "op": "delete", 
/**
 * Which.
 */
cell: CellId, } | { "op": "edit", 
/**
 * Which.
 */
cell: CellId, 
/**
 * The text.
 */
source: string, } | { "op": "splice", 
/**
 * Which.
 */
cell: CellId, 
/**
 * Where the range begins.
 */
from: number, 
/**
 * Where it ends; `from` for an insertion.
 */
to: number, 
/**
 * What takes its place.
 */
text: string, } | { "op": "move", 
/**
 * Which.
 */
cell: CellId, 
/**
 * Its position afterwards.
 */
to: number, } | { "op": "split", 
/**
 * Which.
 */
cell: CellId, 
/**
 * Where, in its text.
 */
at: number, 
/**
 * The id of the second cell; without it one is derived.
 */
into?: CellId | null, } | { "op": "merge", 
/**
 * Which, from top to bottom.
 */
cells: Array<CellId>, } | { "op": "language", 
/**
 * Which.
 */
cell: CellId, 
/**
 * The new language.
 */
language: Language, } | { "op": "mode", 
/**
 * The new mode.
 */
mode: Mode, } | { "op": "metadata", 
/**
 * The cell; without it, the notebook.
 */
cell?: CellId | null, 
/**
 * The key.
 */
key: string, 
/**
 * The value. JSON's `null` is a value.
 */
value?: JsonValue | null, } | { "op": "clear", 
/**
 * The cell; without it, all.
 */
cell?: CellId | null, } | { "op": "restore", 
/**
 * What each had.
 */
cells: Array<Shown>, } | { "op": "replace", 
/**
 * Which go, from top to bottom.
 */
cells: Array<CellId>, 
/**
 * What stands there instead.
 */
with: Array<Cell>, } | { "op": "undo" } | { "op": "undo_cells" } | { "op": "redo" };

/**
 * Where a reused result comes from.
 */
export type Origin = { 
/**
 * `Notebook/run/cell/task`.
 */
pathspec: string, 
/**
 * Who ran it.
 */
user: string, 
/**
 * When it ended: RFC 3339, UTC.
 */
finished_at: string, };

/**
 * One output of a cell.
 */
export type Output = { "kind": "stream", 
/**
 * Where it was printed to.
 */
name: Stream, 
/**
 * The text, as it was printed: ANSI colours and carriage returns included.
 */
text: string, } | { "kind": "display", 
/**
 * MIME type → text, base64 text (images) or JSON (`application/…json`).
 */
data: { [key in string]: JsonValue }, 
/**
 * MIME type → what its renderer wants to know (an image's `width`).
 */
metadata: { [key in string]: JsonValue }, 
/**
 * The name by which a later `Output::Update` replaces it.
 */
display_id?: string | null, } | { "kind": "update", 
/**
 * As in `Output::Display`.
 */
data: { [key in string]: JsonValue }, 
/**
 * As in `Output::Display`.
 */
metadata: { [key in string]: JsonValue }, 
/**
 * Which displays.
 */
display_id: string, } | { "kind": "result", 
/**
 * As in `Output::Display`.
 */
data: { [key in string]: JsonValue }, 
/**
 * As in `Output::Display`.
 */
metadata: { [key in string]: JsonValue }, 
/**
 * The number of the execution that gave it, when it isn't the cell's own.
 */
count?: number | null, } | { "kind": "error", 
/**
 * The kind of error: `ValueError`.
 */
name: string, 
/**
 * What it says.
 */
message: string, 
/**
 * Lines for people, with ANSI colours.
 */
traceback: Array<string>, 
/**
 * Where it passed, outermost first. Not saved in `.ipynb`, which has no place.
 */
frames?: Array<Frame>, 
/**
 * What the user can do about it.
 */
hint?: string | null, } | { "kind": "clear", 
/**
 * Whether to wait for the next output, which then takes their place.
 */
wait: boolean, } | { "kind": "unknown", 
/**
 * All that the file says of it.
 */
fields: { [key in string]: JsonValue }, };

/**
 * Who looks at the notebook.
 */
export type Person = { 
/**
 * The page's number.
 */
client: number, 
/**
 * Their name.
 */
name: string, 
/**
 * The cell that they are in.
 */
cell: CellId | null, };

/**
 * Something that couldn't be done, for a person.
 */
export type Problem = { 
/**
 * What is wrong.
 */
message: string, 
/**
 * What to do now.
 */
hint?: string | null, };

/**
 * A cell that waits for a line of text: `Request::Input`.
 */
export type Prompt = { 
/**
 * The cell, if it can be told.
 */
cell: CellId | null, 
/**
 * What it asks.
 */
prompt: string, 
/**
 * Whether the line is not to be shown.
 */
password: boolean, };

/**
 * An answer.
 */
export type Reply = { "reply": "done" } | { "reply": "seen" } & Seen | { "reply": "changed", 
/**
 * The document's revision after it.
 */
revision: number, } | { "reply": "completions", 
/**
 * Where the text begins that an item replaces, in code points.
 */
start: number, 
/**
 * Where it ends.
 */
end: number, 
/**
 * The likeliest first.
 */
items: Array<Completion>, } | { "reply": "inspected", 
/**
 * Whether anything is known.
 */
found: boolean, 
/**
 * By MIME type.
 */
data: { [key in string]: JsonValue }, } | { "reply": "completeness", 
/**
 * What it is.
 */
status: Completeness, 
/**
 * What to begin the next line with.
 */
indent: string, } | { "reply": "links", 
/**
 * By code cell.
 */
cells: { [key in CellId]: CellLinks }, } | { "reply": "defined_at", 
/**
 * Where; none when no cell defines it.
 */
place: DefinedAt | null, } | { "reply": "diagnosed", 
/**
 * What is wrong.
 */
problems: Array<Mistake>, } | { "reply": "runtime", 
/**
 * What runs the language.
 */
runtime: Runtime, };

/**
 * Something to ask.
 */
export type Request = { "request": "look" } | { "request": "operate", 
/**
 * How.
 */
operation: Operation, } | { "request": "reload", 
/**
 * All of it.
 */
document: Document, } | { "request": "run", 
/**
 * Which.
 */
run: RunRequest, 
/**
 * How.
 */
manner: Manner, } | { "request": "interrupt" } | { "request": "cancel", 
/**
 * Which.
 */
cell: CellId, } | { "request": "kill", 
/**
 * The language.
 */
language: Language, } | { "request": "restart", 
/**
 * One of its languages.
 */
language: Language, } | { "request": "complete", 
/**
 * The cell's language.
 */
language: Language, 
/**
 * The cell.
 */
code: string, 
/**
 * Where in it, in Unicode code points.
 */
cursor: number, } | { "request": "inspect", 
/**
 * The cell's language.
 */
language: Language, 
/**
 * The cell.
 */
code: string, 
/**
 * Where in it, in Unicode code points.
 */
cursor: number, 
/**
 * 1 for more than the signature.
 */
detail: number, } | { "request": "is_complete", 
/**
 * The cell's language.
 */
language: Language, 
/**
 * The code.
 */
code: string, } | { "request": "runtime", 
/**
 * The language.
 */
language: Language, } | { "request": "links" } | { "request": "definition", 
/**
 * The cell.
 */
cell: CellId, 
/**
 * Where in it, in UTF-16 units.
 */
at: number, } | { "request": "diagnose", 
/**
 * The cell.
 */
cell: CellId, } | { "request": "input", 
/**
 * The line, without its end.
 */
text: string, } | { "request": "comm", 
/**
 * What.
 */
comm: Comm, } | { "request": "settle", 
/**
 * One of its languages.
 */
language: Language, } | { "request": "shutdown" };

/**
 * A text that takes the place of what a page has.
 */
export type Resync = { 
/**
 * The cell.
 */
cell: CellId, 
/**
 * Its version.
 */
version: number, 
/**
 * Its text.
 */
source: string, };

/**
 * Which cells should run.
 */
export type RunRequest = { "run": "cells", 
/**
 * The cells, run in the document's order.
 */
cells: Array<CellId>, } | { "run": "stale" } | { "run": "all", 
/**
 * Whether earlier results may be taken.
 */
reuse: boolean, } | { "run": "above", 
/**
 * The cell.
 */
cell: CellId, } | { "run": "below", 
/**
 * The cell.
 */
cell: CellId, };

/**
 * What runs a language.
 */
export type Runtime = { 
/**
 * The version without its patch level, `3.11`: it is part of cache keys.
 */
name: string, 
/**
 * The whole version.
 */
version: string, 
/**
 * `x86_64-linux`.
 */
platform: string, 
/**
 * The program.
 */
executable: string, };

/**
 * The file was written, or couldn't be.
 */
export type Saved = { 
/**
 * When, RFC 3339 UTC.
 */
at: string, 
/**
 * Whether the file says what the document says: edits may have come meanwhile.
 */
saved: boolean, 
/**
 * Why it couldn't be written.
 */
problem: Problem | null, };

/**
 * A session as it stands.
 */
export type Seen = { 
/**
 * The session's id, which is that of its run.
 */
session: string, 
/**
 * The document, with its outputs.
 */
document: Document, 
/**
 * What each code cell is worth.
 */
statuses: { [key in CellId]: CellStatus }, 
/**
 * The number of the first event that isn't in the above.
 */
next: number, 
/**
 * Whether nothing runs and nothing waits.
 */
idle: boolean, 
/**
 * The interpreters that were started.
 */
interpreters: Array<Standing>, 
/**
 * What a cell waits for, if one does.
 */
asking: Prompt | null, 
/**
 * The milliseconds that each cell ran when it last did, or has run by now.
 */
elapsed_ms: { [key in CellId]: number }, };

/**
 * What runs for a notebook.
 */
export type SessionNow = { 
/**
 * As `Hello::session`.
 */
session: string | null, 
/**
 * As `Hello::idle`.
 */
idle: boolean, 
/**
 * As `Hello::interpreters`.
 */
interpreters: Array<Standing>, 
/**
 * As `Hello::asking`.
 */
asking: Prompt | null, };

/**
 * How bad a mistake is.
 */
export type Severity = "error" | "warning";

/**
 * What a cell showed.
 */
export type Shown = { 
/**
 * The cell.
 */
cell: CellId, 
/**
 * Its outputs.
 */
outputs: Array<Output>, 
/**
 * Its number.
 */
execution_count: number | null, };

/**
 * An interpreter and how it stands.
 */
export type Standing = { 
/**
 * One of its languages.
 */
language: Language, } & ({ "state": "starting" } | { "state": "ready", 
/**
 * Its process.
 */
pid: number, 
/**
 * What runs its languages.
 */
runtime: Runtime, } | { "state": "ended", 
/**
 * What happened.
 */
message: string, 
/**
 * What to do.
 */
hint: string | null, });

/**
 * Which stream text was printed to.
 */
export type Stream = "stdout" | "stderr";

/**
 * What the server says.
 */
export type ToPage = { "hello": Hello } | { "event": Numbered } | { "session": SessionNow } | { "names": Names } | { "edited": Edited } | { "resync": Resync } | { "answer": Answer } | { "saved": Saved } | { "people": Array<Person> } | { "trusted": Array<CellId> };

/**
 * Why something could not be done.
 */
export type Trouble = { 
/**
 * What happened.
 */
message: string, 
/**
 * What to do about it.
 */
hint?: string | null, };

/**
 * One change of a text by a page.
 */
export type Typed = { 
/**
 * What, as CodeMirror's `ChangeSet.toJSON()` says it.
 */
changes: unknown, };

/**
 * One change of a text.
 */
export type Update = { 
/**
 * Whose it is: `Hello::client`; 0 for the server's (undo).
 */
client: number, 
/**
 * What, as CodeMirror's `ChangeSet.toJSON()` says it.
 */
changes: unknown, };

/**
 * Why a result is stale.
 */
export type Why = { "because": "edited" } | { "because": "input", 
/**
 * The name.
 */
name: string, } | { "because": "above", 
/**
 * That cell.
 */
cell: CellId, } | { "because": "module", 
/**
 * The module.
 */
module: string, } | { "because": "lost" };

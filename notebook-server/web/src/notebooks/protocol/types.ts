/**
 * What travels between the page and a notebook's session, as the server's Rust types say it:
 * `core/notebook` (document, operations, outputs, statuses) and `runtime/kernel` (events,
 * requests, replies).
 */

export type Json = unknown;
export type Bundle = Record<string, Json>;
export type Language = "python" | "sql" | "rust" | "wasm" | "markdown" | "raw";
export type Mode = "lazy" | "auto" | "manual";

export interface Frame {
  cell?: string | null;
  file?: string | null;
  line: number;
  name?: string;
  text?: string;
}

export interface ErrorOutput {
  kind: "error";
  name: string;
  message: string;
  traceback?: string[];
  frames?: Frame[];
  hint?: string | null;
}

export type Output =
  | { kind: "stream"; name: "stdout" | "stderr"; text: string }
  | { kind: "display"; data: Bundle; metadata?: Bundle; display_id?: string | null }
  | { kind: "update"; data: Bundle; metadata?: Bundle; display_id: string }
  | { kind: "result"; data: Bundle; metadata?: Bundle; count?: number | null }
  | ErrorOutput
  | { kind: "clear"; wait?: boolean }
  | { kind: "unknown"; fields: Bundle };

export interface Cell {
  id: string;
  language?: Language;
  source?: string;
  outputs?: Output[];
  execution_count?: number | null;
  metadata?: Bundle;
  attachments?: Bundle;
  foreign?: string | null;
}

export interface Document {
  id?: string | null;
  mode?: Mode;
  cells: Cell[];
  metadata?: Bundle;
  revision?: number;
}

export interface Shown {
  cell: string;
  outputs?: Output[];
  execution_count?: number | null;
}

export type Operation =
  | { op: "insert"; cell: Cell; at: number }
  | { op: "delete"; cell: string }
  | { op: "edit"; cell: string; source: string }
  | { op: "splice"; cell: string; from: number; to: number; text: string }
  | { op: "move"; cell: string; to: number }
  | { op: "split"; cell: string; at: number; into?: string }
  | { op: "merge"; cells: string[] }
  | { op: "language"; cell: string; language: Language }
  | { op: "mode"; mode: Mode }
  | { op: "metadata"; cell?: string; key: string; value?: Json }
  | { op: "clear"; cell?: string }
  | { op: "restore"; cells: Shown[] }
  | { op: "replace"; cells: string[]; with: Cell[] }
  | { op: "undo" }
  | { op: "redo" };

export type Why =
  | { because: "edited" }
  | { because: "input"; name: string }
  | { because: "above"; cell: string }
  | { because: "module"; module: string }
  | { because: "lost" };

export interface Origin {
  pathspec: string;
  user: string;
  finished_at: string;
}

export type CellStatus =
  | { status: "never_run" }
  | { status: "queued" }
  | { status: "running" }
  | { status: "fresh"; reused?: Origin | null }
  | { status: "stale"; why: Why }
  | { status: "unverified"; why: string }
  | { status: "failed" }
  | { status: "interrupted" };

/** A name that a cell bound: its value's type, and a few words (`100,000 × 4`). */
export interface Defined {
  type?: string;
  summary?: string | null;
  live?: boolean;
}

export interface Trouble {
  message: string;
  hint?: string | null;
}

export interface Runtime {
  name: string;
  version: string;
  platform: string;
  executable: string;
}

export type InterpreterState =
  | { state: "starting" }
  | { state: "ready"; pid: number; runtime: Runtime }
  | { state: "ended"; message: string; hint?: string | null };

export type Interpreter = { language: Language } & InterpreterState;

export type NotebookEvent =
  | { event: "status"; cell: string; status: CellStatus }
  | { event: "started"; cell: string; execution: number; count: number; source: string }
  | {
      event: "finished";
      cell: string;
      execution: number;
      count: number;
      status: "ok" | "error" | "interrupted";
      elapsed_ms: number;
      defined?: Record<string, Defined>;
      payload?: Json[];
      exit?: Json;
    }
  | { event: "outputs"; cell: string; outputs: Output[] }
  | { event: "output"; cell?: string | null; execution?: number | null; output: Output }
  | {
      event: "input_request";
      cell?: string | null;
      execution?: number | null;
      prompt: string;
      password: boolean;
    }
  | { event: "comm"; execution?: number | null; comm: Json }
  | {
      event: "changed";
      revision: number;
      applied: Operation;
      touched: string[];
      removed: string[];
    }
  | { event: "reloaded"; document: Document }
  | { event: "refused"; cell: string; trouble: Trouble }
  | ({ event: "interpreter" } & Interpreter)
  | { event: "kill_offer"; language: Language; execution: number }
  | { event: "restored"; cell: string; pathspec: string; user: string; finished_at: string }
  | { event: "restart_offer"; language: Language; message: string; hint: string }
  | { event: "log"; level: string; text: string }
  | { event: "busy" }
  | { event: "idle" }
  | { event: "ended" };

export type Numbered = NotebookEvent & { seq: number };

export type RunRequest =
  | { run: "cells"; cells: string[] }
  | { run: "stale" }
  | { run: "all"; reuse: boolean }
  | { run: "above"; cell: string }
  | { run: "below"; cell: string };

export type Request =
  | { request: "operate"; operation: Operation }
  | { request: "run"; run: RunRequest }
  | { request: "interrupt" }
  | { request: "kill"; language: Language }
  | { request: "restart"; language: Language }
  | { request: "complete"; language: Language; code: string; cursor: number }
  | { request: "inspect"; language: Language; code: string; cursor: number; detail?: number }
  | { request: "is_complete"; language: Language; code: string }
  | { request: "runtime"; language: Language }
  | { request: "input"; text: string }
  | { request: "shutdown" };

export interface Completion {
  text: string;
  type?: string | null;
  signature?: string | null;
}

export type Reply =
  | { reply: "done" }
  | { reply: "changed"; revision: number }
  | { reply: "completions"; start: number; end: number; items: Completion[] }
  | { reply: "inspected"; found: boolean; data?: Bundle }
  | { reply: "completeness"; status: string; indent: string }
  | { reply: "runtime"; runtime: Runtime };

export interface Person {
  client: number;
  name: string;
  cell?: string | null;
}

export interface Hello {
  client: number;
  path: string;
  session: string | null;
  document: Document;
  statuses: Record<string, CellStatus>;
  versions: Record<string, number>;
  next: number;
  idle: boolean;
  interpreters: Interpreter[];
  /** The cell that waits for a line, if one does. */
  asking?: { cell: string | null; prompt: string; password: boolean } | null;
  people: Person[];
  saved: boolean;
  trusted: boolean;
}

export interface TextUpdate {
  client: number;
  /** A change set as CodeMirror writes it. */
  changes: Json;
}

export interface Edited {
  cell: string;
  /** The version that the first update applies to. */
  version: number;
  updates: TextUpdate[];
}

/** One frame from the server: an object with one of these keys. */
export type ServerFrame =
  | { hello: Hello }
  | { event: Numbered }
  | { edited: Edited }
  | { resync: { cell: string; version: number; source: string } }
  | { answer: { id: number; reply?: Reply; problem?: Trouble } }
  | { saved: { at: string; saved: boolean; problem: Trouble | null } }
  | { people: Person[] };

/** One frame from the page. */
export type PageFrame =
  | { ask: { id: number; request: Request } }
  | { edit: { cell: string; version: number; updates: { changes: Json }[] } }
  | { focus: { cell: string | null } }
  | { save: Record<string, never> };

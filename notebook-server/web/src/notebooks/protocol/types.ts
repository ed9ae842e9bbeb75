/**
 * The words of a notebook's socket, by the names that this place uses. The types themselves
 * are made from the server's own (`api/notebook.ts`), so that both sides can't differ.
 */
import type {
  Cell,
  Comm,
  Edit,
  JsonValue,
  Numbered,
  Output,
  Request,
  Standing,
  ToPage,
  Update,
} from "../../api/notebook.ts";

export type {
  CellLinks,
  CellStatus,
  Completion,
  DefinedName,
  Document,
  Edited,
  Frame,
  Hello,
  JsonValue,
  Language,
  Mode,
  NameKind,
  Numbered,
  Operation,
  Origin,
  Output,
  Person,
  Reply,
  Request,
  RunRequest,
  SessionNow,
  Trouble,
  Why,
} from "../../api/notebook.ts";
export type { Cell, Comm };

export type Bundle = { [key in string]: JsonValue };
export type Interpreter = Standing;
export type NotebookEvent = Numbered;
export type TextUpdate = Update;
export type ErrorOutput = Extract<Output, { kind: "error" }>;
export type ServerFrame = ToPage;
export type PageFrame =
  | { ask: { id: number; request: Request } }
  | { edit: Edit }
  | { focus: { cell: string | null } }
  | { save: Record<string, never> }
  | { trust: Record<string, never> };

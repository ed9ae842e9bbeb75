/** The state of an open notebook, as the frames so far have told it. */
import type { ShownOutput } from "./outputs.ts";
import type {
  Bundle,
  CellLinks,
  CellStatus,
  Interpreter,
  Language,
  Mode,
  Person,
  Trouble,
} from "./types.ts";

export interface CellState {
  readonly id: string;
  readonly language: Language;
  readonly outputs: readonly ShownOutput[];
  /** The next output takes the place of all before. */
  readonly clearsAtNext: boolean;
  readonly count: number | null;
  readonly metadata: Bundle;
  readonly attachments: Bundle;
  readonly foreign: string | null;
  readonly status: CellStatus;
  /** When its execution began, by this page's clock. */
  readonly startedAt: number | null;
  readonly elapsedMs: number | null;
  /** What it makes and uses; null until the server has told. */
  readonly links: CellLinks | null;
  /** The line that it waits for. */
  readonly input: { prompt: string; password: boolean } | null;
  /** Why it was not run. */
  readonly refused: Trouble | null;
}

export interface Saving {
  readonly isSaved: boolean;
  readonly at: string | null;
  readonly problem: Trouble | null;
}

export interface Book {
  /** False until the first `hello`. */
  readonly isOpen: boolean;
  readonly client: number;
  readonly path: string;
  readonly session: string | null;
  readonly mode: Mode;
  readonly metadata: Bundle;
  readonly order: readonly string[];
  readonly cells: ReadonlyMap<string, CellState>;
  readonly interpreters: ReadonlyMap<Language, Interpreter>;
  readonly people: readonly Person[];
  readonly saving: Saving;
  /** The cells whose outputs may run scripts, in the sandbox. */
  readonly trusted: ReadonlySet<string>;
  readonly isIdle: boolean;
  /** What doesn't stop may be killed: the language of its interpreter. */
  readonly killOffer: Language | null;
  readonly restartOffer: { language: Language; message: string; hint: string } | null;
  /** Counts what changes the names that cells make: order, languages, links. */
  readonly definitions: number;
  /** The number of the next event. */
  readonly next: number;
  readonly isOver: boolean;
}

export const EMPTY: Book = {
  isOpen: false,
  client: 0,
  path: "",
  session: null,
  mode: "lazy",
  metadata: {},
  order: [],
  cells: new Map(),
  interpreters: new Map(),
  people: [],
  saving: { isSaved: true, at: null, problem: null },
  trusted: new Set(),
  isIdle: true,
  killOffer: null,
  restartOffer: null,
  definitions: 0,
  next: 0,
  isOver: false,
};

export function isCode(language: Language): boolean {
  return language !== "markdown" && language !== "raw";
}

/** The order in which menus show them. */
export const LANGUAGES: readonly { id: Language; title: string; short: string }[] = [
  { id: "python", title: "Python", short: "Py" },
  { id: "sql", title: "SQL", short: "SQL" },
  { id: "rust", title: "Rust", short: "Rs" },
  { id: "wasm", title: "WASM", short: "Wa" },
  { id: "markdown", title: "Markdown", short: "Md" },
  { id: "raw", title: "Raw", short: "Raw" },
];

/** When cells run. */
export const MODES: readonly { id: Mode; title: string; says: string }[] = [
  { id: "lazy", title: "Lazy", says: "edits mark cells stale; running one brings what it needs" },
  { id: "auto", title: "Auto", says: "what became stale runs by itself" },
  { id: "manual", title: "Manual", says: "only what you point at runs" },
];

export function languageTitle(language: Language): string {
  return LANGUAGES.find(({ id }) => id === language)?.title ?? language;
}

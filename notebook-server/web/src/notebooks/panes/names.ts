/** Who makes which name, and who uses it: over all cells, kept up to date in idle moments. */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Desk } from "../model/desk.ts";
import { isCode } from "../protocol/book.ts";
import type { Defined, Language } from "../protocol/types.ts";
import { factsOf, type TextFacts } from "./facts.ts";

export interface CellNames {
  defines: string[];
  /** Name → the cell above that makes it. */
  reads: Map<string, string>;
}

export interface NamedSymbol {
  name: string;
  cell: string;
  language: Language;
  /** As the interpreter named it when the cell ran. */
  type: string | null;
  summary: string | null;
  /** It lives and dies with its interpreter. */
  isLive: boolean;
  usedIn: string[];
}

export interface CellText {
  id: string;
  language: Language;
  facts: TextFacts;
  /** What it bound when it ran; null when that isn't known. */
  defined: Readonly<Record<string, Defined>> | null;
}

/** Finds for each cell what it reads, and of whom. Pure. */
export function link(cells: readonly CellText[]): Map<string, CellNames> {
  const makers = new Map<string, { cell: string; name: string }>();
  const found = new Map<string, CellNames>();
  for (const { id, language, facts, defined } of cells) {
    const reads = new Map<string, string>();
    for (const name of facts.uses) {
      // SQL doesn't tell upper case from lower.
      const maker =
        makers.get(name) ?? (language === "sql" ? makers.get(name.toLowerCase()) : undefined);
      if (maker) reads.set(maker.name, maker.cell);
    }
    const isModule = (name: string) =>
      facts.imports.includes(name) || defined?.[name]?.type === "module";
    const all = new Set([...facts.defines, ...Object.keys(defined ?? {})]);
    const defines = [...all].filter((name) => !isModule(name) && !name.startsWith("_"));
    found.set(id, { defines, reads });
    for (const name of all) {
      // A module is everybody's; it says nothing of what goes from cell to cell.
      if (isModule(name)) makers.delete(name);
      else makers.set(name, { cell: id, name });
    }
    for (const name of facts.imports) makers.delete(name);
  }
  return found;
}

/** The names at the end of the notebook, the newest maker of each. */
export function symbols(
  cells: readonly CellText[],
  names: ReadonlyMap<string, CellNames>,
): NamedSymbol[] {
  const found = new Map<string, NamedSymbol>();
  for (const { id, language, defined } of cells) {
    const mine = names.get(id);
    for (const name of mine?.reads.keys() ?? []) found.get(name)?.usedIn.push(id);
    for (const name of mine?.defines ?? []) {
      const told = defined?.[name];
      found.delete(name);
      found.set(name, {
        name,
        cell: id,
        language,
        type: told?.type || null,
        summary: told?.summary ?? null,
        isLive: told?.live ?? false,
        usedIn: [],
      });
    }
  }
  return [...found.values()];
}

interface Known {
  names: ReadonlySignal<Map<string, CellNames>>;
  cells: ReadonlySignal<readonly CellText[]>;
}

const known = new WeakMap<Desk, Known>();

export function namesOf(desk: Desk): ReadonlySignal<Map<string, CellNames>> {
  return watch(desk).names;
}

export function textsOf(desk: Desk): ReadonlySignal<readonly CellText[]> {
  return watch(desk).cells;
}

/** Reading a text waits until the typing pauses for so many milliseconds. */
const PAUSE = 250;

function watch(desk: Desk): Known {
  const found = known.get(desk);
  if (found) return found;
  const names = signal(new Map<string, CellNames>());
  const cells = signal<readonly CellText[]>([]);
  const cache = new Map<string, { language: Language; source: string; facts: TextFacts }>();
  let timer = 0;
  let isFirst = true;

  const one = (id: string): CellText[] => {
    const state = desk.notebook.book.peek().cells.get(id);
    if (!state || !isCode(state.language)) return [];
    const source = desk.notebook.source(id);
    const old = cache.get(id);
    const isSame = old?.source === source && old.language === state.language;
    const facts = isSame ? old.facts : factsOf(state.language, source);
    cache.set(id, { language: state.language, source, facts });
    return [{ id, language: state.language, facts, defined: state.defined }];
  };
  const read = () => {
    const next = desk.notebook.book.peek().order.flatMap(one);
    cells.value = next;
    names.value = link(next);
  };
  // Reading a large notebook takes long: its cells are shown first, and no key waits for it.
  const readInPauses = (pause: IdleDeadline) => {
    const unread = desk.notebook.book.peek().order.filter((id) => !cache.has(id));
    for (const id of unread) {
      one(id);
      if (pause.timeRemaining() < 2) return void requestIdleCallback(readInPauses);
    }
    read();
  };

  // As long as the notebook is open; nothing else holds it.
  effect(() => {
    desk.notebook.textChanges.value;
    desk.definitions.value;
    clearTimeout(timer);
    if (isFirst) requestAnimationFrame(() => requestIdleCallback(readInPauses));
    else timer = window.setTimeout(read, PAUSE);
    isFirst = false;
  });
  const made = { names, cells };
  known.set(desk, made);
  return made;
}

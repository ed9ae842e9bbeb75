/** Who makes which name, and who uses it: as the server says it, which decides by the same. */
import { computed, type ReadonlySignal } from "@preact/signals";
import type { Desk } from "../model/desk.ts";
import { isCode } from "../protocol/book.ts";
import type { CellLinks, Language } from "../protocol/types.ts";

export interface CellNames {
  defines: string[];
  /** Name → the cell above that makes it. */
  reads: Map<string, string>;
  /** The same of modules and what they hold: everybody's, and so told apart. */
  imports: Map<string, string>;
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

export interface LinkedCell {
  id: string;
  language: Language;
  /** Null until the server has told. */
  links: CellLinks | null;
}

/** What is shown of each cell's names. Pure. */
export function link(cells: readonly LinkedCell[]): Map<string, CellNames> {
  const imported = new Map<string, Set<string>>();
  for (const { id, links } of cells) {
    const names = links?.defined.filter(({ kind }) => kind === "import") ?? [];
    imported.set(id, new Set(names.map(({ name }) => name)));
  }
  const found = new Map<string, CellNames>();
  for (const { id, links } of cells) {
    const defined = links?.defined ?? [];
    const shown = defined.filter(({ name, kind }) => kind !== "import" && !name.startsWith("_"));
    const names: CellNames = {
      defines: shown.map(({ name }) => name),
      reads: new Map(),
      imports: new Map(),
    };
    for (const [name, maker] of Object.entries(links?.used ?? {})) {
      const isImport = imported.get(maker)?.has(name) ?? false;
      (isImport ? names.imports : names.reads).set(name, maker);
    }
    found.set(id, names);
  }
  return found;
}

/** The names at the end of the notebook, the newest maker of each. */
export function symbols(
  cells: readonly LinkedCell[],
  names: ReadonlyMap<string, CellNames>,
): NamedSymbol[] {
  const found = new Map<string, NamedSymbol>();
  for (const { id, language, links } of cells) {
    const mine = names.get(id);
    for (const name of mine?.reads.keys() ?? []) found.get(name)?.usedIn.push(id);
    for (const name of mine?.defines ?? []) {
      const told = links?.defined.find((one) => one.name === name);
      found.delete(name);
      found.set(name, {
        name,
        cell: id,
        language,
        type: told?.type ?? null,
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
  cells: ReadonlySignal<readonly LinkedCell[]>;
}

const known = new WeakMap<Desk, Known>();

export function namesOf(desk: Desk): ReadonlySignal<Map<string, CellNames>> {
  return watch(desk).names;
}

/** The code cells, from top to bottom, with what they make and use. */
export function linkedCells(desk: Desk): ReadonlySignal<readonly LinkedCell[]> {
  return watch(desk).cells;
}

function watch(desk: Desk): Known {
  const found = known.get(desk);
  if (found) return found;
  const cells = computed(() => {
    // Outputs change often, and names with none of them.
    desk.definitions.value;
    const { order, cells: states } = desk.notebook.book.peek();
    return order.flatMap((id): LinkedCell[] => {
      const state = states.get(id);
      if (!state || !isCode(state.language)) return [];
      return [{ id, language: state.language, links: state.links }];
    });
  });
  const made = { cells, names: computed(() => link(cells.value)) };
  known.set(desk, made);
  return made;
}

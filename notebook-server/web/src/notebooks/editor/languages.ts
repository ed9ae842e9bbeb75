/** What a cell's language means for its editor; each is fetched when a cell needs it. */
import type { LanguageSupport } from "@codemirror/language";
import type { Language } from "../protocol/types.ts";

/** What a WASM cell's text is: its comments say so, `;;` or `//`. */
export type Grammar = Language | "c";

export function grammarOf(language: Language, source: string): Grammar {
  if (language !== "wasm") return language;
  const first = source.trimStart();
  if (!first.startsWith("//") && !first.startsWith("#include")) return "wasm";
  return /^\/\/\s*source:\s*rust\b/m.test(first) ? "rust" : "c";
}

const LOADERS: Record<Grammar, (() => Promise<LanguageSupport>) | null> = {
  python: () => import("@codemirror/lang-python").then(({ python }) => python()),
  sql: () =>
    import("@codemirror/lang-sql").then(({ sql, PostgreSQL }) => sql({ dialect: PostgreSQL })),
  rust: () => import("@codemirror/lang-rust").then(({ rust }) => rust()),
  wasm: () => import("@codemirror/lang-wast").then(({ wast }) => wast()),
  c: () => import("@codemirror/lang-cpp").then(({ cpp }) => cpp()),
  markdown: () => import("@codemirror/lang-markdown").then(({ markdown }) => markdown()),
  raw: null,
};

const loaded = new Map<Grammar, LanguageSupport>();

/** The grammar, if it is there already: a cell then has its colours at first sight. */
export function grammarNow(grammar: Grammar): LanguageSupport | null {
  return loaded.get(grammar) ?? null;
}

export async function loadGrammar(grammar: Grammar): Promise<LanguageSupport | null> {
  const load = LOADERS[grammar];
  if (!load) return null;
  const found = loaded.get(grammar) ?? (await load());
  loaded.set(grammar, found);
  return found;
}

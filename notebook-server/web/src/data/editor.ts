/** The box for SQL: CodeMirror with the tables that there are and their columns. */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { keywordCompletionSource, PostgreSQL, sql } from "@codemirror/lang-sql";
import { bracketMatching } from "@codemirror/language";
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { openTable, searchTables } from "../api/data.ts";
import type { QueryPlace, TableColumn } from "../api/types.ts";
import { quoteName } from "../grid/filter.ts";
import { look } from "../notebooks/editor/look.ts";
import { namedIn, sourceNamed } from "./words.ts";

export interface QueryEditor {
  view: EditorView;
  text(): string;
  write(text: string): void;
  /** Marks a place and says what is wrong there; null takes it away. */
  mark(wrong: { place: QueryPlace; what: string } | null): void;
}

export function makeEditor(
  parent: HTMLElement,
  text: string,
  run: () => void,
  changed: (text: string) => void,
): QueryEditor {
  const asked = (view: EditorView) => {
    closeCompletion(view);
    run();
    return true;
  };
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        Prec.highest(
          keymap.of([
            { key: "Mod-Enter", run: asked },
            { key: "Shift-Enter", run: asked },
          ]),
        ),
        history(),
        drawSelection(),
        lineNumbers(),
        bracketMatching(),
        closeBrackets(),
        sql({ dialect: PostgreSQL }),
        autocompletion({ override: [tables, columns, keywords], icons: false }),
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...historyKeymap,
          ...defaultKeymap,
        ]),
        placeholder("SELECT … FROM 'file.parquet' or 'Flow/run/step/task/artifact'"),
        EditorView.contentAttributes.of({ "aria-label": "SQL query" }),
        EditorView.lineWrapping,
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed(update.state.doc.toString());
        }),
        look,
      ],
    }),
  });
  return {
    view,
    text: () => view.state.doc.toString(),
    write: (text) =>
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: text },
        selection: { anchor: text.length },
      }),
    mark: (wrong) => view.dispatch(setDiagnostics(view.state, diagnostics(view.state, wrong))),
  };
}

function diagnostics(
  state: EditorState,
  wrong: { place: QueryPlace; what: string } | null,
): Diagnostic[] {
  if (!wrong || wrong.place.line > state.doc.lines) return [];
  const line = state.doc.line(wrong.place.line);
  const from = Math.min(line.to, line.from + wrong.place.column - 1);
  const to = Math.min(line.to, from + wrong.place.length);
  return [{ from, to: Math.max(to, from), severity: "error", message: wrong.what }];
}

const keywords = keywordCompletionSource(PostgreSQL, true);

/** In quotes behind FROM or JOIN: tables. */
async function tables(context: CompletionContext): Promise<CompletionResult | null> {
  const begun = context.matchBefore(/\b(?:from|join)\s+'[^']*/i);
  if (!begun) return null;
  const from = begun.from + begun.text.indexOf("'") + 1;
  const typed = begun.text.slice(begun.text.indexOf("'") + 1);
  const found = await searchTables(typed.split("/").at(-1) ?? "").catch(() => null);
  if (!found || context.aborted) return null;
  const closed = context.state.sliceDoc(context.pos, context.pos + 1) === "'";
  const options = found.entries.map((entry): Completion => {
    const name = entry.path.replaceAll("'", "''");
    return {
      label: name,
      detail: entry.catalog === "files" ? "file" : "artifact",
      apply: closed ? name : `${name}'`,
    };
  });
  return { from, options, filter: false };
}

const known = new Map<string, Promise<TableColumn[]>>();

function columnsOf(name: string): Promise<TableColumn[]> {
  let found = known.get(name);
  if (!found) {
    found = openTable(sourceNamed(name)).then(
      (table) => table.columns,
      () => {
        known.delete(name);
        return [];
      },
    );
    known.set(name, found);
  }
  return found;
}

/** The columns of the tables that the query names. */
async function columns(context: CompletionContext): Promise<CompletionResult | null> {
  const word = context.matchBefore(/"?[\w.]*/);
  if (!word || (word.from === word.to && !context.explicit)) return null;
  if (
    context.matchBefore(/'[^']*/)?.text.match(/^'[^']*$/) &&
    context.matchBefore(/(?:from|join)\s+'[^']*/i)
  )
    return null;
  const names = namedIn(context.state.doc.toString());
  const all = (await Promise.all(names.map(columnsOf))).flat();
  if (context.aborted || all.length === 0) return null;
  const dot = word.text.lastIndexOf(".");
  const options = all.map((column): Completion => {
    const isPlain = /^[a-z_][a-z0-9_]*$/i.test(column.name);
    return {
      label: column.name,
      detail: column.type,
      type: "property",
      apply: isPlain ? column.name : quoteName(column.name),
      boost: 2,
    };
  });
  return { from: word.from + dot + 1, options, validFor: /^"?\w*$/ };
}

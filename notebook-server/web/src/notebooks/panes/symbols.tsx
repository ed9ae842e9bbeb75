/** Symbols: the names that cells make, of which type, and where they are used. */
import { type Signal, useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { tableAddress } from "../../data/words.ts";
import { href } from "../../router.ts";
import { LanguageBadge } from "../cell/language.tsx";
import type { Desk } from "../model/desk.ts";
import { languageTitle } from "../protocol/book.ts";
import { linkedCells, type NamedSymbol, namesOf, symbols } from "./names.ts";
import { Peek, type Peeked, peeks } from "./peek.tsx";

/** More than these are found by typing. */
const MOST = 200;
/** Beyond so many one looks for a name by typing it. */
const MANY = 12;

export function Symbols({ desk }: { desk: Desk }) {
  const cells = linkedCells(desk).value;
  const names = namesOf(desk).value;
  const all = useMemo(() => symbols(cells, names), [cells, names]);
  const typed = useSignal("");
  const open = useSignal<string | null>(null);
  const peeked = useSignal<Peeked | null>(null);
  const focused = desk.focused.value;
  const wanted = typed.value.trim().toLowerCase();
  const shown = wanted ? all.filter(({ name }) => name.toLowerCase().includes(wanted)) : all;
  const mine = shown.filter(({ cell }) => cell === focused);
  const rest = shown.filter(({ cell }) => cell !== focused);
  const used = new Set(names.get(focused ?? "")?.reads.keys());

  const entry = (symbol: NamedSymbol) => (
    <SymbolEntry
      key={symbol.name}
      desk={desk}
      symbol={symbol}
      isUsed={used.has(symbol.name)}
      isOpen={open.value === symbol.name}
      peeked={peeked}
      toggle={() => {
        open.value = open.peek() === symbol.name ? null : symbol.name;
      }}
    />
  );
  return (
    <section aria-label="Symbols">
      <h3>Symbols</h3>
      {all.length > MANY && (
        <input
          class="field pane-search"
          type="search"
          aria-label="Find a symbol"
          placeholder="Find a symbol"
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
        />
      )}
      {all.length === 0 && <p class="pane-note">Names that cells make stand here.</p>}
      {rest.slice(0, MOST).map(entry)}
      {rest.length > MOST && (
        <p class="pane-note">{rest.length - MOST} more: type a part of the name</p>
      )}
      {mine.length > 0 && (
        <>
          <h3>In this cell</h3>
          {mine.map(entry)}
        </>
      )}
      <Peek desk={desk} peeked={peeked} />
    </section>
  );
}

interface EntryProps {
  desk: Desk;
  symbol: NamedSymbol;
  isUsed: boolean;
  isOpen: boolean;
  peeked: Signal<Peeked | null>;
  toggle: () => void;
}

function SymbolEntry({ desk, symbol, isUsed, isOpen, peeked, toggle }: EntryProps) {
  const { name, type, summary, language, cell, usedIn, isLive } = symbol;
  const number = (id: string) => desk.numbers.value.get(id);
  const short = summary ?? type?.split(".").at(-1) ?? "";
  return (
    <div class={`symbol ${isOpen ? "open" : ""}`}>
      <button
        type="button"
        class={`entry ${isUsed ? "used" : ""}`}
        aria-expanded={isOpen}
        {...peeks(symbol, peeked)}
        onClick={toggle}
      >
        <LanguageBadge language={language} />
        <span class="cut">{name}</span>
        {isUsed && <span class="aloud">, used by this cell</span>}
        <span class="k cut">{short}</span>
      </button>
      {isOpen && (
        <dl class="facts">
          <dt>type</dt>
          <dd>{type ?? "known once its cell has run"}</dd>
          {summary && (
            <>
              <dt>size</dt>
              <dd>{summary}</dd>
            </>
          )}
          <dt>written in</dt>
          <dd>{languageTitle(language)}</dd>
          <dt>made in</dt>
          <dd>
            <CellLink desk={desk} cell={cell} number={number(cell)} />
          </dd>
          <dt>used in</dt>
          <dd>
            {usedIn.length === 0
              ? "no cell"
              : usedIn.map((id, at) => (
                  <span key={id}>
                    {at > 0 && ", "}
                    <CellLink desk={desk} cell={id} number={number(id)} />
                  </span>
                ))}
          </dd>
          {isTable(type) && !isLive && (
            <>
              <dt>rows</dt>
              <dd>
                <a
                  href={href(
                    tableAddress({ kind: "frame", notebook: desk.notebook.path, cell, name }),
                  )}
                >
                  Open as table
                </a>
              </dd>
            </>
          )}
          {isLive && (
            <>
              <dt>kept</dt>
              <dd>only in its interpreter</dd>
            </>
          )}
        </dl>
      )}
    </div>
  );
}

/** Whether a value's type says that it has rows. */
function isTable(type: string | null): boolean {
  return /(DataFrame|Series|Table|RecordBatch|ndarray|Frame|Array|sql\.View)$/.test(type ?? "");
}

function CellLink({
  desk,
  cell,
  number,
}: {
  desk: Desk;
  cell: string;
  number: number | undefined;
}) {
  return (
    <button type="button" class="text-button" onClick={() => desk.goTo(cell)}>
      cell {number ?? "?"}
    </button>
  );
}

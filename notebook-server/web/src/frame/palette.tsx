/** The command palette: type what you want to do or which run you look for. */
import { signal, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { searchRuns } from "../api/runs.ts";
import type { RunRow } from "../api/types.ts";
import { shortRun } from "../format/format.ts";
import { Veil } from "../parts/dialog.tsx";
import { nextIndex } from "../parts/roving.ts";
import { StateMark } from "../parts/state.tsx";
import { go, to } from "../router.ts";
import { type Command, commands, match } from "./commands.ts";

export const paletteOpen = signal(false);

interface Entry extends Command {
  run_row?: RunRow;
}

export function Palette() {
  return paletteOpen.value ? <Open /> : null;
}

function Open() {
  const typed = useSignal("");
  const at = useSignal(0);
  const found = useSignal<RunRow[]>([]);
  const list = useRef<HTMLUListElement>(null);
  const close = () => {
    paletteOpen.value = false;
  };

  // The runs that fit, asked for once the typing pauses.
  useEffect(() => {
    const abort = new AbortController();
    const text = typed.value.trim();
    const timer = setTimeout(async () => {
      try {
        found.value = (await searchRuns({ text, limit: 8 }, abort.signal)).runs;
      } catch {
        // The commands stand without runs; the page itself says what fails.
        if (!abort.signal.aborted) found.value = [];
      }
    }, 120);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [typed.value]);

  const entries = useMemo(
    () => entriesFor(typed.value, commands.value, found.value),
    [typed.value, commands.value, found.value],
  );
  useEffect(() => {
    at.value = 0;
  }, [typed.value]);
  useEffect(() => {
    list.current?.children[at.value]?.scrollIntoView({ block: "nearest" });
  }, [at.value]);

  const choose = (entry: Entry | undefined) => {
    if (!entry) return;
    close();
    entry.run();
  };
  const keydown = (event: KeyboardEvent) => {
    if (event.key === "Enter") {
      event.preventDefault();
      choose(entries[at.value]);
      return;
    }
    // Home, End, j and k belong to the text.
    if (!event.key.startsWith("Arrow") && !event.key.startsWith("Page")) return;
    const next = nextIndex(event.key, at.value, entries.length, "vertical", 8);
    if (next === null) return;
    event.preventDefault();
    at.value = next;
  };

  return (
    <Veil close={close} label="Commands">
      <div class="sheet palette">
        <input
          autofocus
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={entries.length ? `palette-${at.value}` : undefined}
          aria-label="Type a command or search runs"
          placeholder="Type a command, a flow, a run, a tag…"
          spellcheck={false}
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
          onKeyDown={keydown}
        />
        {entries.length === 0 && <p class="none">Nothing is called that.</p>}
        <ul id="palette-list" role="listbox" aria-label="Commands" ref={list}>
          {entries.map((entry, index) => (
            <li
              key={entry.id}
              id={`palette-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at.value}
              onClick={() => choose(entry)}
              onMouseMove={() => {
                at.value = index;
              }}
            >
              <span class="group">{entry.group}</span>
              <span class="grow cut">{entry.title}</span>
              {entry.run_row && <StateMark state={entry.run_row.status} of="run" />}
              {entry.keys && <kbd>{entry.keys}</kbd>}
            </li>
          ))}
        </ul>
      </div>
    </Veil>
  );
}

function wordsOf({ group, title, also = "" }: Command): string {
  return `${group} ${title} ${also}`.trimEnd();
}

function entriesFor(typed: string, offered: Command[], runs: RunRow[]): Entry[] {
  const ranked = offered
    .map((command) => ({ command, score: match(typed, wordsOf(command)) }))
    .filter((item): item is { command: Command; score: number } => item.score !== null)
    .sort((one, other) => other.score - one.score)
    .map((item) => item.command);
  const rows: Entry[] = runs.map((row) => ({
    id: `run-${row.flow}/${row.run}`,
    group: "Run",
    title: `${row.flow} / ${shortRun(row.run)}${row.tags.length ? ` · ${row.tags.join(", ")}` : ""}`,
    run: () => go(to("runs", row.flow, row.run)),
    run_row: row,
  }));
  return [...ranked, ...rows];
}

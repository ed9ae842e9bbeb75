/** The line to find and replace with, over the cells. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../../parts/icon.tsx";
import type { Desk } from "../model/desk.ts";
import { finderOf } from "./finder.ts";
import type { Query } from "./search.ts";

type Choice = "isCase" | "isWord" | "isRegexp";

const CHOICES: { id: Choice; sign: string; title: string; key: string }[] = [
  { id: "isCase", sign: "Aa", title: "Upper and lower case differ", key: "c" },
  { id: "isWord", sign: "ab", title: "Whole words", key: "w" },
  { id: "isRegexp", sign: ".*", title: "A regular expression", key: "r" },
];

export function FindBar({ desk }: { desk: Desk }) {
  const finder = finderOf(desk);
  return finder.isOpen.value ? <Open desk={desk} /> : null;
}

function Open({ desk }: { desk: Desk }) {
  const finder = finderOf(desk);
  const field = useRef<HTMLInputElement>(null);
  const { text, isRegexp } = finder.query.value;
  const asked = finder.asked.value;
  // At once: the next key is a part of what is looked for, not one of command mode.
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [asked]);

  const keydown = (event: KeyboardEvent) => {
    // Keys of cells and of the page mean nothing here.
    event.stopPropagation();
    const choice = event.altKey ? CHOICES.find(({ key }) => key === event.key) : undefined;
    if (event.key === "Escape") finder.close();
    else if (event.key === "F3") finder.step(event.shiftKey ? -1 : 1);
    else if (choice) toggle(choice.id);
    else return;
    event.preventDefault();
  };
  const toggle = (id: Choice) => finder.look({ [id]: !finder.query.peek()[id] } as Partial<Query>);

  return (
    <search class="find-bar" aria-label="Find and replace" onKeyDown={keydown}>
      <div class="find-line">
        <input
          ref={field}
          class={`field ${finder.wrong.value ? "wrong" : ""}`}
          type="text"
          spellcheck={false}
          aria-label="Find"
          placeholder="Find in all cells"
          aria-invalid={finder.wrong.value !== null}
          aria-describedby="find-count"
          value={text}
          onInput={(event) => finder.look({ text: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            finder.step(event.shiftKey ? -1 : 1);
          }}
        />
        <span class="find-choices" role="group" aria-label="How">
          {CHOICES.map(({ id, sign, title, key }) => (
            <button
              key={id}
              type="button"
              class={`btn quiet icon small ${id === "isWord" ? "underlined" : ""}`}
              data-sign={sign}
              aria-pressed={finder.query.value[id]}
              aria-label={title}
              title={`${title} (Alt ${key})`}
              onClick={() => toggle(id)}
            />
          ))}
        </span>
        <Count desk={desk} />
        <button
          type="button"
          class="btn quiet icon small"
          aria-label="The match before"
          title="The match before (Shift Enter)"
          onClick={() => finder.step(-1)}
        >
          <Icon name="up" size={14} />
        </button>
        <button
          type="button"
          class="btn quiet icon small"
          aria-label="The next match"
          title="The next match (Enter)"
          onClick={() => finder.step(1)}
        >
          <Icon name="down" size={14} />
        </button>
        <Scope desk={desk} />
        <button
          type="button"
          class="btn quiet icon small"
          aria-label="Close the search"
          title="Close (Esc)"
          onClick={() => finder.close()}
        >
          <Icon name="close" size={14} />
        </button>
      </div>
      <div class="find-line">
        <input
          class="field"
          type="text"
          spellcheck={false}
          aria-label="Replace with"
          placeholder={isRegexp ? "Replace with ($1, $&, \\n)" : "Replace with"}
          value={finder.by.value}
          onInput={(event) => {
            finder.by.value = event.currentTarget.value;
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            if (event.ctrlKey || event.metaKey) finder.replaceAll();
            else finder.replace();
          }}
        />
        <button
          type="button"
          class="btn small"
          aria-disabled={finder.matches.value.length === 0}
          title="Replace this match and go to the next (Enter)"
          onClick={() => finder.replace()}
        >
          Replace
        </button>
        <button
          type="button"
          class="btn small"
          aria-disabled={finder.matches.value.length === 0}
          title="Replace all matches (Ctrl Enter); Ctrl Z in a cell takes its part back"
          onClick={() => finder.replaceAll()}
        >
          Replace all
        </button>
      </div>
    </search>
  );
}

function Count({ desk }: { desk: Desk }) {
  const finder = finderOf(desk);
  const { length } = finder.matches.value;
  const place = finder.index.value;
  const { text } = finder.query.value;
  const said = finder.wrong.value
    ? finder.wrong.value
    : !text
      ? ""
      : length === 0
        ? "not found"
        : place < 0
          ? `${length.toLocaleString("en")} found`
          : `${(place + 1).toLocaleString("en")} of ${length.toLocaleString("en")}`;
  return (
    <span
      id="find-count"
      class={`find-count num cut ${finder.wrong.value || (text && length === 0) ? "tone-fail" : "dim"}`}
      role="status"
      title={finder.wrong.value ?? undefined}
    >
      {said}
    </span>
  );
}

/** All cells, or those that were chosen when it was pressed. */
function Scope({ desk }: { desk: Desk }) {
  const finder = finderOf(desk);
  const scope = finder.scope.value;
  const many = (scope ?? desk.chosen.value).length;
  const what = many > 1 ? `the ${many} chosen cells` : "this cell";
  return (
    <label class="find-scope" title={`Look in ${what} alone`}>
      <input
        type="checkbox"
        checked={scope !== null}
        onChange={() => {
          finder.scope.value = scope ? null : desk.chosen.peek();
          finder.look({});
        }}
      />
      only {many > 1 ? `${many} cells` : "this cell"}
    </label>
  );
}

/** The bar of filters: a search that reads words, menus for those who'd rather choose, chips. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { RunState } from "../../api/types.ts";
import { Icon } from "../../parts/icon.tsx";
import { Glyph, stateTone, stateWord } from "../../parts/state.tsx";
import {
  add,
  type Filter,
  hasTime,
  isEmpty,
  NO_FILTER,
  read,
  SPANS,
  STATES,
  toggle,
} from "./filter.ts";

interface Props {
  filter: Filter;
  change: (filter: Filter) => void;
  /** Tags and users of the runs that are shown, to choose from. */
  tags: string[];
  users: string[];
  /** From the search down into the list. */
  toList: () => void;
}

export function Filters({ filter, change, tags, users, toList }: Props) {
  return (
    <div class="filters" role="search" aria-label="Filter runs">
      <div class="line wrap">
        <Search filter={filter} change={change} toList={toList} />
        <States chosen={filter.status} change={(status) => change({ ...filter, status })} />
        <Choice
          label="Started"
          any="any time"
          value={filter.since}
          options={SPANS.map(({ id, title }) => [id, title])}
          change={(since) => change({ ...filter, since, until: "" })}
        />
        <Choice
          label="User"
          any="anyone"
          value={filter.user}
          options={users.map((user) => [user, user])}
          change={(user) => change({ ...filter, user })}
        />
        <Choice
          label="Tag"
          any="any tag"
          value=""
          options={tags.filter((tag) => !filter.tags.includes(tag)).map((tag) => [tag, tag])}
          change={(tag) => change({ ...filter, tags: add(filter.tags, tag) })}
        />
      </div>
      <Chips filter={filter} change={change} />
    </div>
  );
}

const SEARCH_HELP = `Words are looked for everywhere: run, flow, file, user, tag, parameter.
alpha=0.5, alpha!=0.5, alpha<1, alpha<=1, alpha>0, alpha>=0 compare a parameter.
flow:Shop, status:failed, user:ana and tag:nightly ask one thing each; tag:"two words" is one tag.
since:7d and until:2026-11-20 narrow the time, with Enter.`;

function Search({ filter, change, toList }: Pick<Props, "filter" | "change" | "toList">) {
  const typed = useSignal(filter.text);
  useEffect(() => {
    // What was typed meanwhile stays, be it a space.
    if (typed.peek().trim() !== filter.text) typed.value = filter.text;
  }, [filter.text]);
  // Words search while they are typed, but for times, which wait for Enter.
  useEffect(() => {
    if (typed.value.trim() === filter.text || hasTime(typed.value)) return;
    const timer = setTimeout(() => change({ ...filter, text: typed.value.trim() }), 200);
    return () => clearTimeout(timer);
  }, [typed.value]);
  return (
    <div class="search">
      <Icon name="search" size={14} />
      <input
        class="field"
        type="search"
        data-search
        aria-label="Search runs by id, flow, file, tag or parameter"
        title={SEARCH_HELP}
        placeholder="Words, alpha>0.5, status:failed…"
        spellcheck={false}
        autocomplete="off"
        value={typed.value}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            const next = read(typed.value, filter);
            typed.value = next.text;
            change(next);
          } else if (event.key === "Escape") {
            typed.value = "";
            change({ ...filter, text: "" });
          } else if (event.key === "ArrowDown") {
            event.preventDefault();
            toList();
          }
        }}
      />
    </div>
  );
}

function States({ chosen, change }: { chosen: RunState[]; change: (states: RunState[]) => void }) {
  return (
    <div class="line states" role="group" aria-label="Status">
      {STATES.map((state) => (
        <button
          key={state}
          type="button"
          class="chip"
          aria-pressed={chosen.includes(state)}
          onClick={() => change(toggle(chosen, state))}
        >
          <span class={`line tone-${stateTone(state)}`}>
            <Glyph state={state} size={10} />
          </span>
          {stateWord(state, "run")}
        </button>
      ))}
    </div>
  );
}

interface ChoiceProps {
  label: string;
  any: string;
  value: string;
  options: (readonly [string, string])[];
  change: (value: string) => void;
}

function Choice({ label, any, value, options, change }: ChoiceProps) {
  // What the address says must be seen, also when the list doesn't offer it.
  const known = options.some(([id]) => id === value);
  return (
    <select
      class="field choice"
      aria-label={label}
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
    >
      <option value="">{any}</option>
      {!known && value && <option value={value}>{value}</option>}
      {options.map(([id, title]) => (
        <option key={id} value={id}>
          {title}
        </option>
      ))}
    </select>
  );
}

function Chips({ filter, change }: Pick<Props, "filter" | "change">) {
  const chips: { text: string; without: Filter }[] = [
    ...filter.tags.map((tag) => ({
      text: `tag: ${tag}`,
      without: { ...filter, tags: filter.tags.filter((other) => other !== tag) },
    })),
    ...filter.parameters.map((text) => ({
      text: text.replace(/[!<>=]+/, " $& "),
      without: { ...filter, parameters: filter.parameters.filter((other) => other !== text) },
    })),
    ...(filter.until ? [{ text: `until ${filter.until}`, without: { ...filter, until: "" } }] : []),
  ];
  if (isEmpty(filter)) return null;
  return (
    <div class="line wrap chips">
      {chips.map((chip) => (
        <span key={chip.text} class="chip">
          <span class="cut">{chip.text}</span>
          <button
            type="button"
            aria-label={`Remove ${chip.text}`}
            onClick={() => change(chip.without)}
          >
            ×
          </button>
        </span>
      ))}
      <button type="button" class="btn quiet small" onClick={() => change(NO_FILTER)}>
        Clear all
      </button>
    </div>
  );
}

/**
 * Nested data, a line an entry; what is deep or long is folded. A tree as WAI-ARIA has it: one
 * stop of the Tab key, arrows within.
 */
import { type Signal, signal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { value as inLine, number } from "../format/format.ts";

const FEW = 100;
const NONE: ReadonlySet<string> = new Set();

function isNested(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

export interface TreeState {
  /** What was opened or closed by hand: path → open. */
  opened: Signal<ReadonlyMap<string, boolean>>;
  /** How many entries of a branch are shown, where it is more than a few. */
  most: Signal<ReadonlyMap<string, number>>;
  /** The entry that Tab reaches. */
  current: Signal<string>;
}

export function treeState(): TreeState {
  return { opened: signal(new Map()), most: signal(new Map()), current: signal("") };
}

interface Props {
  value: unknown;
  label?: string;
  /** What is opened in it, where that outlives the component. */
  state?: TreeState;
  /** Paths of texts that are no texts of the value: Python's way to write what JSON can't say. */
  written?: ReadonlySet<string>;
}

export function Tree({ value, label = "Nested data", state: given, written = NONE }: Props) {
  const own = useMemo(treeState, []);
  const state = given ?? own;
  const root = useRef<HTMLUListElement>(null);
  if (!isNested(value)) return <Leaf value={value} />;
  const entries = Object.keys(value);
  const first = entries[0];
  if (first === undefined) return <span class="faint">{inLine(value)}</span>;
  // Whatever was current may be folded away, or gone with another value.
  if (state.current.value === "") state.current.value = pathTo("", first);
  return (
    <ul
      ref={root}
      class="tree"
      role="tree"
      aria-label={label}
      onKeyDown={(event) => root.current && keydown(event, root.current, state)}
      onFocusIn={(event) => {
        const path = (event.target as HTMLElement).dataset.path;
        if (path !== undefined) state.current.value = path;
      }}
    >
      <Branch value={value} path="" level={1} state={state} written={written} />
    </ul>
  );
}

function Leaf({ value, isWritten = false }: { value: unknown; isWritten?: boolean }) {
  if (isWritten) return <span class="leaf is-written">{String(value)}</span>;
  const kind = value === null ? "null" : typeof value;
  return (
    <span class={`leaf is-${kind}`}>
      {typeof value === "string" ? JSON.stringify(value) : String(value)}
    </span>
  );
}

/** A name may hold what parts names: `{"a/b": …}` isn't `{"a": {"b": …}}`. */
export const pathTo = (path: string, name: string) => `${path}/${encodeURIComponent(name)}`;

interface BranchProps {
  value: object;
  path: string;
  level: number;
  state: TreeState;
  written: ReadonlySet<string>;
}

function Branch({ value, path, level, state, written }: BranchProps) {
  const entries = Object.entries(value);
  const most = state.most.value.get(path) ?? FEW;
  const rest = entries.length - most;
  return (
    <>
      {entries.slice(0, most).map(([name, child], at) => (
        <Entry
          key={name}
          name={name}
          value={child}
          path={pathTo(path, name)}
          level={level}
          place={at + 1}
          count={entries.length}
          state={state}
          written={written}
        />
      ))}
      {rest > 0 && (
        <li
          role="treeitem"
          aria-level={level}
          data-path={`${path}//more`}
          tabIndex={state.current.value === `${path}//more` ? 0 : -1}
          class="more"
          onClick={(event) => {
            event.stopPropagation();
            state.most.value = new Map(state.most.peek()).set(path, most + FEW * 5);
          }}
        >
          … {number(rest)} more
        </li>
      )}
    </>
  );
}

interface EntryProps {
  name: string;
  value: unknown;
  path: string;
  level: number;
  place: number;
  count: number;
  state: TreeState;
  written: ReadonlySet<string>;
}

function Entry({ name, value, path, level, place, count, state, written }: EntryProps) {
  const has = isNested(value) ? Object.keys(value).length : 0;
  const isOpen =
    has > 0 && (state.opened.value.get(path) ?? (level < 2 && has <= 20 && count <= 20));
  const toggle = () => {
    state.opened.value = new Map(state.opened.peek()).set(path, !isOpen);
  };
  return (
    <li
      role="treeitem"
      aria-level={level}
      aria-posinset={place}
      aria-setsize={count}
      aria-expanded={has > 0 ? isOpen : undefined}
      data-path={path}
      tabIndex={state.current.value === path ? 0 : -1}
      onClick={(event) => {
        event.stopPropagation();
        // A press that marked text meant the text.
        if (has > 0 && String(getSelection() ?? "") === "") toggle();
      }}
    >
      <span class="entry">
        {has > 0 && <span class="fold" aria-hidden="true" />}
        <span class="key">{name}</span>{" "}
        {isNested(value) ? (
          <span class="faint">{inLine(value, 70)}</span>
        ) : (
          <Leaf value={value} isWritten={written.has(path)} />
        )}
      </span>
      {isOpen && isNested(value) && (
        <ul role="group">
          <Branch value={value} path={path} level={level + 1} state={state} written={written} />
        </ul>
      )}
    </li>
  );
}

/** The keys of a tree: https://www.w3.org/WAI/ARIA/apg/patterns/treeview/ */
function keydown(event: KeyboardEvent, root: HTMLElement, state: TreeState): void {
  const item = (event.target as HTMLElement).closest<HTMLElement>("[role=treeitem]");
  if (!item || event.ctrlKey || event.altKey || event.metaKey) return;
  const items = [...root.querySelectorAll<HTMLElement>("[role=treeitem]")];
  const at = items.indexOf(item);
  const open = item.getAttribute("aria-expanded");
  const path = item.dataset.path ?? "";
  const fold = (isOpen: boolean) => {
    state.opened.value = new Map(state.opened.peek()).set(path, isOpen);
  };
  const go = (to: HTMLElement | null | undefined) => to?.focus();
  switch (event.key) {
    case "ArrowDown":
      go(items[at + 1]);
      break;
    case "ArrowUp":
      go(items[at - 1]);
      break;
    case "Home":
      go(items[0]);
      break;
    case "End":
      go(items.at(-1));
      break;
    case "ArrowRight":
      if (open === "false") fold(true);
      else if (open === "true") go(items[at + 1]);
      break;
    case "ArrowLeft":
      if (open === "true") fold(false);
      else go(item.parentElement?.closest<HTMLElement>("[role=treeitem]"));
      break;
    case "Enter":
    case " ":
      if (open !== null) fold(open !== "true");
      else item.click();
      break;
    default:
      return;
  }
  event.preventDefault();
  event.stopPropagation();
}

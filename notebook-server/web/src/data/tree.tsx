/** What there is, as a tree: flows, their runs and tables; folders and files. Or what was found. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { catalog, searchTables } from "../api/data.ts";
import { asProblem, type ProblemText } from "../api/problem.ts";
import { useResource } from "../api/resource.ts";
import type { CatalogEntry, TableSource } from "../api/types.ts";
import { count, number, shortRun, size } from "../format/format.ts";
import { Icon } from "../parts/icon.tsx";
import { ProblemNote } from "../parts/notice.tsx";
import { Search } from "../parts/search.tsx";
import { Ago } from "../parts/time.tsx";
import { go, href } from "../router.ts";
import { isSame, tableAddress } from "./words.ts";

const ROOTS = [
  { name: "artifacts", title: "Artifacts", none: "No flow has run in this store yet." },
  { name: "files", title: "Files", none: "No tables lie in this folder." },
];

export function CatalogAside({ chosen }: { chosen: TableSource | null }) {
  const text = useSignal("");
  const asked = useSignal("");
  useEffect(() => {
    const timer = setTimeout(() => {
      asked.value = text.value.trim();
    }, 250);
    return () => clearTimeout(timer);
  }, [text.value]);
  return (
    <div class="catalog">
      <a class="btn" href={href("/data")}>
        <Icon name="plus" size={13} /> New query
      </a>
      <Search label="Search tables" text={text} />
      {asked.value ? <Found text={asked.value} chosen={chosen} /> : <Roots chosen={chosen} />}
    </div>
  );
}

function Found({ text, chosen }: { text: string; chosen: TableSource | null }) {
  const found = useResource(text, (signal) => searchTables(text, signal));
  const list = found.value.value;
  if (found.problem.value) return <ProblemNote problem={found.problem.value} />;
  if (!list) return <p class="dim">Searching …</p>;
  if (list.entries.length === 0) {
    return (
      <p class="dim">
        {list.is_cut
          ? "Nothing found so far: not all runs could be looked through. A flow's name shows its runs in the tree."
          : "No table is called that."}
      </p>
    );
  }
  return (
    <>
      <ul class="found" aria-label="Found">
        {list.entries.map((entry) => (
          <li key={`${entry.catalog} ${entry.path}`}>
            <a
              class={`entry ${isSame(chosen, entry) ? "chosen" : ""}`}
              href={href(tableAddress(entry.table!))}
              aria-current={isSame(chosen, entry) ? "page" : undefined}
              title={entry.path}
            >
              <span class="grow cut">{entry.name}</span>
              <span class="faint cut">{entry.catalog === "files" ? "file" : whereFrom(entry)}</span>
            </a>
          </li>
        ))}
      </ul>
      {list.is_cut && <p class="dim">There may be more: search for more of the name.</p>}
    </>
  );
}

function whereFrom(entry: CatalogEntry): string {
  const [flow = "", run = ""] = entry.path.split("/");
  return `${flow}/${shortRun(run)}`;
}

/** The tree, as WAI-ARIA has it: one stop in the tab order, arrows go through it. */
function Roots({ chosen }: { chosen: TableSource | null }) {
  const box = useRef<HTMLDivElement>(null);
  const items = () => [...(box.current?.querySelectorAll<HTMLElement>("[role=treeitem]") ?? [])];
  const keydown = (event: KeyboardEvent) => {
    const all = items();
    const item = (event.target as HTMLElement).closest<HTMLElement>("[role=treeitem]");
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = all.indexOf(item);
    const isOpen = item.getAttribute("aria-expanded");
    const level = Number(item.getAttribute("aria-level"));
    let to: HTMLElement | undefined;
    switch (event.key) {
      case "ArrowDown":
        to = all[at + 1];
        break;
      case "ArrowUp":
        to = all[at - 1];
        break;
      case "Home":
        to = all[0];
        break;
      case "End":
        to = all.at(-1);
        break;
      case "ArrowRight":
        if (isOpen === "false") item.click();
        else if (isOpen === "true") to = all[at + 1];
        break;
      case "ArrowLeft":
        if (isOpen === "true") item.click();
        else
          to = all
            .slice(0, at)
            .reverse()
            .find((other) => Number(other.getAttribute("aria-level")) < level);
        break;
      case "Enter":
      case " ":
        item.click();
        break;
      default:
        return;
    }
    event.preventDefault();
    if (!to) return;
    for (const other of all) other.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  };
  return (
    <div ref={box} role="tree" aria-label="Tables" class="tables-tree" onKeyDown={keydown}>
      {ROOTS.map((root, at) => (
        <Branch
          key={root.name}
          catalog={root.name}
          path=""
          title={root.title}
          none={root.none}
          level={1}
          chosen={chosen}
          open={true}
          isFirst={at === 0}
        />
      ))}
    </div>
  );
}

interface BranchProps {
  catalog: string;
  path: string;
  title: string;
  entry?: CatalogEntry;
  none?: string;
  level: number;
  chosen: TableSource | null;
  open: boolean;
  isFirst?: boolean;
}

function Branch(props: BranchProps) {
  const { catalog: name, path, title, entry, level, chosen, none = "No tables." } = props;
  const isOpen = useSignal(props.open || leadsTo(name, path, chosen));
  const list = useSignal<{ entries: CatalogEntry[]; is_cut: boolean } | null>(null);
  const problem = useSignal<ProblemText | null>(null);
  useEffect(() => {
    if (!isOpen.value) return;
    const abort = new AbortController();
    catalog(name, path, abort.signal)
      .then((found) => {
        list.value = found;
        problem.value = null;
      })
      .catch((error: unknown) => {
        if (!abort.signal.aborted) problem.value = asProblem(error);
      });
    return () => abort.abort();
  }, [name, path, isOpen.value]);
  return (
    <>
      <div
        role="treeitem"
        class="entry"
        aria-level={level}
        aria-expanded={isOpen.value}
        tabIndex={props.isFirst ? 0 : -1}
        style={{ paddingLeft: `${(level - 1) * 14 + 4}px` }}
        title={path || title}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        <Icon name={isOpen.value ? "down" : "forward"} size={11} />
        <span class={`grow cut ${level === 1 ? "root" : ""}`}>{title}</span>
        {entry?.made_at && (
          <span class="faint">
            <Ago time={entry.made_at} />
          </span>
        )}
      </div>
      {isOpen.value && (
        <div role="group">
          {problem.value && <ProblemNote problem={problem.value} />}
          {list.value?.entries.map((child) =>
            child.table ? (
              <Leaf
                key={child.path}
                entry={child}
                level={level + 1}
                isChosen={isSame(chosen, child)}
              />
            ) : (
              <Branch
                key={child.path}
                catalog={name}
                path={child.path}
                title={
                  child.path.includes("/") && name === "artifacts"
                    ? shortRun(child.name)
                    : child.name
                }
                entry={child}
                level={level + 1}
                chosen={chosen}
                open={false}
              />
            ),
          )}
          {list.value?.entries.length === 0 && (
            <p class="dim none" style={{ paddingLeft: `${level * 14 + 8}px` }}>
              {none}
            </p>
          )}
          {list.value?.is_cut && (
            <p class="dim none">
              The first {count(list.value.entries.length, "entry", "entries")}.
            </p>
          )}
        </div>
      )}
    </>
  );
}

function Leaf({
  entry,
  level,
  isChosen,
}: {
  entry: CatalogEntry;
  level: number;
  isChosen: boolean;
}) {
  const shape = entry.rows !== null ? `${number(entry.rows)} rows` : size(entry.size);
  return (
    <div
      role="treeitem"
      class={`entry leaf ${isChosen ? "chosen" : ""}`}
      aria-level={level}
      aria-selected={isChosen}
      tabIndex={-1}
      style={{ paddingLeft: `${(level - 1) * 14 + 4}px` }}
      title={[entry.path, size(entry.size)].filter(Boolean).join(", ")}
      onClick={() => go(tableAddress(entry.table!))}
    >
      <Icon name="data" size={12} />
      <span class="grow cut">
        {entry.name} {entry.detail && <span class="faint">{entry.detail}</span>}
      </span>
      <span class="faint">{shape}</span>
    </div>
  );
}

/** Whether a table is below a branch: then it is open from the start. */
function leadsTo(name: string, path: string, chosen: TableSource | null): boolean {
  if (chosen?.kind === "artifact" && name === "artifacts")
    return chosen.pathspec.startsWith(`${path}/`);
  return chosen?.kind === "file" && name === "files" && chosen.path.startsWith(`${path}/`);
}

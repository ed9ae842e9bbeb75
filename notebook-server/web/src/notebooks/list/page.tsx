/** The notebooks of the served folder, as a tree. */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { useRepeat, useResource } from "../../api/resource.ts";
import { count, size } from "../../format/format.ts";
import { useCommands } from "../../frame/commands.ts";
import { Layout } from "../../frame/layout.tsx";
import { useTitle } from "../../frame/title.ts";
import { Icon } from "../../parts/icon.tsx";
import { MenuButton } from "../../parts/menu.tsx";
import { Empty, ProblemNote, Skeleton } from "../../parts/notice.tsx";
import { nextIndex } from "../../parts/roving.ts";
import { Search } from "../../parts/search.tsx";
import { Ago } from "../../parts/time.tsx";
import { go, href, to } from "../../router.ts";
import "../styles/list.css";
import { listNotebooks } from "./api.ts";
import { type Files, useFiles } from "./files.tsx";
import { RunningMark } from "./running.tsx";
import { countNotebooks, folderOf, type Row, rowsOf } from "./tree.ts";

export function NotebookList() {
  useTitle("Notebooks");
  const tree = useResource("notebooks", listNotebooks);
  useRepeat(15_000, tree.refresh);
  const closed = useSignal<ReadonlySet<string>>(new Set());
  const text = useSignal("");
  const at = useSignal(0);
  const list = useRef<HTMLDivElement>(null);
  const entries = tree.value.value?.entries ?? [];
  const rows = rowsOf(entries, closed.value, text.value);
  const current = Math.min(at.value, Math.max(0, rows.length - 1));

  const files = useFiles(entries, tree.refresh);
  useCommands(
    [{ id: "notebook-new", group: "Notebook", title: "New notebook", run: () => files.begin() }],
    `list-${entries.length}`,
  );

  const fold = (path: string, open: boolean) => {
    const next = new Set(closed.peek());
    if (open) next.delete(path);
    else next.add(path);
    closed.value = next;
  };
  const focus = (row: number) => {
    at.value = row;
    list.current?.querySelectorAll<HTMLElement>("[role=treeitem]")[row]?.focus();
  };
  const keydown = (event: KeyboardEvent) => {
    const row = rows[current];
    if (!row || (event.target as Element).closest("button")) return;
    const { entry, isOpen, depth } = row;
    if (event.key === "ArrowRight" && entry.kind === "folder") {
      if (isOpen) focus(current + 1);
      else fold(entry.path, true);
    } else if (event.key === "ArrowLeft") {
      if (entry.kind === "folder" && isOpen) fold(entry.path, false);
      else
        focus(
          Math.max(
            0,
            rows.findLastIndex((one, place) => place < current && one.depth < depth),
          ),
        );
    } else if (event.key === "Enter" || event.key === " ") {
      if (entry.kind === "folder") fold(entry.path, !isOpen);
      else go(to("notebooks", ...entry.path.split("/")));
    } else {
      const next = nextIndex(event.key, current, rows.length, "vertical");
      if (next === null) return;
      focus(next);
    }
    event.preventDefault();
  };

  return (
    <Layout>
      <div class="line wrap head-line">
        <h1>Notebooks</h1>
        {tree.value.value && (
          <span class="dim mono cut" title={tree.value.value.root}>
            {tree.value.value.root}
          </span>
        )}
        <span class="grow" />
        <button type="button" class="btn" onClick={() => files.upload()}>
          <Icon name="upload" size={14} /> Upload
        </button>
        <button type="button" class="btn primary" onClick={() => files.begin()}>
          <Icon name="plus" size={14} /> New notebook
        </button>
      </div>
      {tree.problem.value && <ProblemNote problem={tree.problem.value} again={tree.refresh} />}
      {!tree.value.value && !tree.problem.value && <Skeleton />}
      {tree.value.value && countNotebooks(entries) === 0 && (
        <Empty icon="notebook" title="No notebooks here yet">
          <p>
            Notebooks (<code>.ipynb</code>, and <code>.py</code> with cells) in{" "}
            <code>{tree.value.value.root}</code> and its folders stand here.
          </p>
          <button type="button" class="btn" onClick={() => files.begin()}>
            New notebook
          </button>
        </Empty>
      )}
      {countNotebooks(entries) > 0 && (
        <>
          <Search
            class="notebook-search"
            label="Search notebooks"
            placeholder="Search by name or folder"
            text={text}
            isMain
          />
          {rows.length === 0 && <p class="dim">No notebook is called that.</p>}
          <div
            ref={list}
            class="card notebook-tree"
            role="tree"
            aria-label="Notebooks"
            onKeyDown={keydown}
            {...files.dropped}
          >
            {rows.map((row, place) => (
              <TreeRow
                key={row.entry.path}
                row={row}
                isCurrent={place === current}
                enter={() => {
                  at.value = place;
                }}
                fold={fold}
                files={files}
              />
            ))}
          </div>
          {tree.value.value?.cut && (
            <p class="dim">
              There are more than are listed: start `flownote ui` in a folder below.
            </p>
          )}
        </>
      )}
      {files.question}
    </Layout>
  );
}

interface RowProps {
  row: Row;
  isCurrent: boolean;
  enter: () => void;
  fold: (path: string, open: boolean) => void;
  files: Files;
}

function TreeRow({ row, isCurrent, enter, fold, files }: RowProps) {
  const { entry, depth, isOpen } = row;
  const inset = { paddingLeft: `${12 + depth * 20}px` };
  if (entry.kind === "folder") {
    return (
      <div
        role="treeitem"
        class="tree-row folder"
        style={inset}
        data-folder={entry.path}
        aria-level={depth + 1}
        aria-expanded={isOpen}
        aria-selected={isCurrent}
        tabIndex={isCurrent ? 0 : -1}
        onFocus={enter}
        onClick={() => fold(entry.path, !isOpen)}
      >
        <Icon name={isOpen ? "down" : "forward"} size={13} />
        <span class="cut grow">{entry.name}</span>
        <span class="dim num">{count(countNotebooks(entry.entries), "notebook")}</span>
      </div>
    );
  }
  return (
    <div
      role="treeitem"
      class="tree-row"
      data-folder={folderOf(entry.path)}
      style={inset}
      aria-level={depth + 1}
      aria-selected={isCurrent}
      tabIndex={isCurrent ? 0 : -1}
      onFocus={enter}
      onClick={(event) => {
        if (!(event.target as Element).closest("a, button"))
          go(to("notebooks", ...entry.path.split("/")));
      }}
    >
      <Icon name="notebook" size={15} />
      <a
        class="cut plain grow"
        tabIndex={-1}
        href={href(to("notebooks", ...entry.path.split("/")))}
      >
        {entry.name}
      </a>
      {entry.running && <RunningMark />}
      <span class="dim num tree-size">{size(entry.size)}</span>
      <span class="dim tree-time">
        <Ago time={entry.modified} />
      </span>
      <MenuButton
        class="btn quiet icon small"
        label={`More for ${entry.name}`}
        align="right"
        items={() => files.items(entry)}
      >
        <Icon name="more" size={14} />
      </MenuButton>
    </div>
  );
}

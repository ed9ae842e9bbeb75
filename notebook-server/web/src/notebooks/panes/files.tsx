/** Files: the notebooks of the served folder beside the one that is open. */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { useRepeat, useResource } from "../../api/resource.ts";
import { Icon } from "../../parts/icon.tsx";
import { MenuButton } from "../../parts/menu.tsx";
import { nextIndex } from "../../parts/roving.ts";
import { Words } from "../../parts/words.tsx";
import { go, href, to } from "../../router.ts";
import { listNotebooks } from "../list/api.ts";
import { type Files as Actions, useFiles } from "../list/files.tsx";
import { RunningMark } from "../list/running.tsx";
import { folderOf, type Row, rowsOf } from "../list/tree.ts";
import type { Desk } from "../model/desk.ts";

/** Milliseconds between two looks at the folder. */
const LOOK = 15_000;

export function Files({ desk }: { desk: Desk }) {
  const { path } = desk.notebook;
  const tree = useResource("notebooks", listNotebooks);
  useRepeat(LOOK, tree.refresh);
  const entries = tree.value.value?.entries ?? [];
  // Folders begin closed, save for those that the notebook is in.
  const turned = useSignal<ReadonlySet<string>>(new Set());
  const closed = new Set<string>();
  const visit = (list: typeof entries) => {
    for (const entry of list) {
      if (entry.kind !== "folder") continue;
      const isAbove = path.startsWith(`${entry.path}/`);
      if (isAbove === turned.value.has(entry.path)) closed.add(entry.path);
      visit(entry.entries);
    }
  };
  visit(entries);
  const rows = rowsOf(entries, closed);
  const files = useFiles(entries, tree.refresh, (from, now) => {
    if (from === path) go(now ? to("notebooks", ...now.split("/")) : "/notebooks");
  });
  const at = useSignal<string | null>(null);
  const current = Math.max(
    0,
    rows.findIndex(({ entry }) => entry.path === (at.value ?? path)),
  );
  const list = useRef<HTMLDivElement>(null);
  const fold = (folder: string) => {
    const next = new Set(turned.peek());
    if (!next.delete(folder)) next.add(folder);
    turned.value = next;
  };
  const keydown = (event: KeyboardEvent) => {
    const row = rows[current];
    if (!row || (event.target as Element).closest("button, [role=menu]")) return;
    const { entry, isOpen } = row;
    const next = nextIndex(event.key, current, rows.length, "vertical");
    if (next !== null) {
      at.value = rows[next]?.entry.path ?? null;
      list.current?.querySelectorAll<HTMLElement>("[role=treeitem]")[next]?.focus();
    } else if (event.key === "Enter" || event.key === " ") {
      if (entry.kind === "folder") fold(entry.path);
      else go(to("notebooks", ...entry.path.split("/")));
    } else if (entry.kind === "folder" && event.key === (isOpen ? "ArrowLeft" : "ArrowRight")) {
      fold(entry.path);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <section aria-label="Files">
      <div class="line pane-head">
        <h3 class="grow">Files</h3>
        <button
          type="button"
          class="btn quiet icon small"
          aria-label="Upload files"
          title="Upload files, or drop them on the list"
          onClick={() => files.upload(folderOf(path))}
        >
          <Icon name="upload" size={13} />
        </button>
        <button
          type="button"
          class="btn quiet icon small"
          aria-label="New notebook"
          title="New notebook"
          onClick={() => files.begin(folderOf(path))}
        >
          <Icon name="plus" size={13} />
        </button>
      </div>
      {tree.problem.value && (
        <p class="pane-note">
          <Words text={tree.problem.value.what} />
        </p>
      )}
      <div
        ref={list}
        class="file-tree"
        role="tree"
        aria-label="Files"
        onKeyDown={keydown}
        {...files.dropped}
      >
        {rows.map((row, place) => (
          <FileRow
            key={row.entry.path}
            row={row}
            isOpen={row.entry.path === path}
            isCurrent={place === current}
            enter={() => {
              at.value = row.entry.path;
            }}
            fold={fold}
            files={files}
          />
        ))}
      </div>
      {files.question}
    </section>
  );
}

interface RowProps {
  row: Row;
  /** Whether it is the notebook that is open. */
  isOpen: boolean;
  isCurrent: boolean;
  enter: () => void;
  fold: (path: string) => void;
  files: Actions;
}

function FileRow({ row, isOpen, isCurrent, enter, fold, files }: RowProps) {
  const { entry, depth } = row;
  const inset = { paddingLeft: `${6 + depth * 14}px` };
  const isFolder = entry.kind === "folder";
  return (
    <div
      role="treeitem"
      class="entry file-row"
      style={inset}
      data-folder={isFolder ? entry.path : folderOf(entry.path)}
      aria-level={depth + 1}
      aria-expanded={isFolder ? row.isOpen : undefined}
      aria-selected={isCurrent}
      aria-current={isOpen ? "page" : undefined}
      tabIndex={isCurrent ? 0 : -1}
      onFocus={enter}
      onClick={(event) => {
        if ((event.target as Element).closest("a, button, [role=menu]")) return;
        if (isFolder) fold(entry.path);
        else go(to("notebooks", ...entry.path.split("/")));
      }}
    >
      {isFolder ? (
        <>
          <Icon name={row.isOpen ? "down" : "forward"} size={11} />
          <span class="cut">{entry.name}</span>
        </>
      ) : (
        <>
          <a
            class="cut plain grow"
            tabIndex={-1}
            title={entry.path}
            href={href(to("notebooks", ...entry.path.split("/")))}
          >
            {entry.name}
          </a>
          {entry.running && <RunningMark brief />}
          <MenuButton
            class="btn quiet icon small"
            label={`More for ${entry.name}`}
            align="right"
            items={() => files.items(entry)}
          >
            <Icon name="more" size={13} />
          </MenuButton>
        </>
      )}
    </div>
  );
}

/** The notebooks of the served folder, as a tree. */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { useRepeat, useResource } from "../../api/resource.ts";
import { count, size } from "../../format/format.ts";
import { useCommands } from "../../frame/commands.ts";
import { Layout } from "../../frame/layout.tsx";
import { useTitle } from "../../frame/title.ts";
import { Ask } from "../../parts/ask.tsx";
import { Icon } from "../../parts/icon.tsx";
import { MenuButton } from "../../parts/menu.tsx";
import { Empty, ProblemNote, Skeleton } from "../../parts/notice.tsx";
import { nextIndex } from "../../parts/roving.ts";
import { Ago } from "../../parts/time.tsx";
import { go, href, to } from "../../router.ts";
import { tell, tellProblem } from "../../state/toasts.ts";
import {
  copyNotebook,
  deleteNotebook,
  type Entry,
  listNotebooks,
  newNotebook,
  renameNotebook,
} from "./api.ts";
import "../styles/list.css";
import { countNotebooks, freeName, type Row, rowsOf } from "./tree.ts";

interface Question {
  what: "new" | "rename" | "delete";
  path: string;
}

export function NotebookList() {
  useTitle("Notebooks");
  const tree = useResource("notebooks", listNotebooks);
  useRepeat(15_000, tree.refresh);
  const closed = useSignal<ReadonlySet<string>>(new Set());
  const text = useSignal("");
  const at = useSignal(0);
  const question = useSignal<Question | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const entries = tree.value.value?.entries ?? [];
  const rows = rowsOf(entries, closed.value, text.value);
  const current = Math.min(at.value, Math.max(0, rows.length - 1));

  const ask = (what: Question["what"], path: string) => {
    question.value = { what, path };
  };
  const begin = () => ask("new", freeName(entries, ""));
  useCommands(
    [{ id: "notebook-new", group: "Notebook", title: "New notebook", run: begin }],
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
      <div class="line head-line notebooks-head">
        <h1 class="grow">Notebooks</h1>
        {tree.value.value && <span class="dim cut">{tree.value.value.root}</span>}
        <button type="button" class="btn primary" onClick={begin}>
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
          <button type="button" class="btn" onClick={begin}>
            New notebook
          </button>
        </Empty>
      )}
      {countNotebooks(entries) > 0 && (
        <>
          <div class="search notebook-search">
            <Icon name="search" size={14} />
            <input
              class="field"
              type="search"
              data-search
              aria-label="Search notebooks"
              placeholder="Search by name or folder"
              value={text.value}
              onInput={(event) => {
                text.value = event.currentTarget.value;
              }}
            />
          </div>
          {rows.length === 0 && <p class="dim">No notebook is called that.</p>}
          <div
            ref={list}
            class="card notebook-tree"
            role="tree"
            aria-label="Notebooks"
            onKeyDown={keydown}
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
                ask={ask}
                entries={entries}
                refresh={tree.refresh}
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
      {question.value && (
        <Answer
          question={question.value}
          close={() => {
            question.value = null;
          }}
          done={tree.refresh}
        />
      )}
    </Layout>
  );
}

interface RowProps {
  row: Row;
  isCurrent: boolean;
  enter: () => void;
  fold: (path: string, open: boolean) => void;
  ask: (what: Question["what"], path: string) => void;
  entries: readonly Entry[];
  refresh: () => void;
}

function TreeRow({ row, isCurrent, enter, fold, ask, entries, refresh }: RowProps) {
  const { entry, depth, isOpen } = row;
  const inset = { paddingLeft: `${12 + depth * 20}px` };
  if (entry.kind === "folder") {
    return (
      <div
        role="treeitem"
        class="tree-row folder"
        style={inset}
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
  const folder = entry.path.split("/").slice(0, -1).join("/");
  const stem = entry.name.replace(/\.(ipynb|py)$/, "");
  return (
    <div
      role="treeitem"
      class="tree-row"
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
      {entry.running && (
        <span class="state tone-run" title="A kernel runs for it">
          <svg width="9" height="9" viewBox="0 0 12 12" aria-hidden="true">
            <circle cx="6" cy="6" r="5" fill="currentColor" />
          </svg>
          kernel
        </span>
      )}
      <span class="dim num tree-size">{size(entry.size)}</span>
      <span class="dim tree-time">
        <Ago time={entry.modified} />
      </span>
      <MenuButton
        class="btn quiet icon small"
        label={`More for ${entry.name}`}
        align="right"
        items={() => [
          { id: "rename", title: "Rename…", run: () => ask("rename", entry.path) },
          {
            id: "copy",
            title: "Copy",
            run: () =>
              void copyOf(entry.path, freeName(entries, folder, `${stem}-copy`)).then(refresh),
          },
          { id: "delete", title: "Delete…", begins: true, run: () => ask("delete", entry.path) },
        ]}
      >
        <Icon name="more" size={14} />
      </MenuButton>
    </div>
  );
}

async function copyOf(path: string, name: string): Promise<void> {
  try {
    const made = await copyNotebook(path, name);
    tell(`Copied to ${made.path}`, {
      address: to("notebooks", ...made.path.split("/")),
      text: "Open it",
    });
  } catch (error) {
    tellProblem(error);
  }
}

function Answer({
  question,
  close,
  done,
}: {
  question: Question;
  close: () => void;
  done: () => void;
}) {
  const { what, path } = question;
  const act = async (name: string) => {
    if (what === "new") {
      const made = await newNotebook(name);
      go(to("notebooks", ...made.path.split("/")));
    } else if (what === "rename") {
      await renameNotebook(path, name);
      tell(`Renamed to ${name}`);
    } else if (what === "delete") {
      await deleteNotebook(path);
      tell(`${path} lies in .trash now`);
    }
    done();
  };
  const titles = { new: "New notebook", rename: `Rename ${path}`, delete: `Delete ${path}?` };
  return (
    <Ask
      title={titles[what]}
      {...(what === "delete"
        ? {
            text: "It goes to the folder .trash beside it, with its outputs; its runs stay in Runs.",
          }
        : { field: "Name, with folders", value: path })}
      verb={what === "new" ? "Create" : what === "delete" ? "Delete" : "Rename"}
      act={act}
      close={close}
    />
  );
}

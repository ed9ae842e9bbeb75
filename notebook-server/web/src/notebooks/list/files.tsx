/** What can be done with notebooks as files: on their list and in the pane beside one. */
import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Ask } from "../../parts/ask.tsx";
import type { MenuItem } from "../../parts/menu.tsx";
import { go, to } from "../../router.ts";
import { tell, tellProblem } from "../../state/toasts.ts";
import {
  copyNotebook,
  deleteNotebook,
  type Entry,
  listNotebooks,
  newNotebook,
  renameNotebook,
} from "./api.ts";
import { folderOf, freeName } from "./tree.ts";
import { chooseFiles, droppedFiles, uploadAll } from "./upload.ts";

interface Question {
  what: "new" | "rename" | "delete";
  path: string;
}

export interface Files {
  /** Asks for the name of a new notebook. */
  begin(folder?: string): void;
  /** Lets files be chosen and uploads them. */
  upload(folder?: string): void;
  /** The menu of one notebook. */
  items(entry: Entry): MenuItem[];
  /** What the list itself needs so that files can be dropped on it. */
  dropped: ReturnType<typeof droppedFiles>;
  /** The dialog that is open. */
  question: ComponentChildren;
}

/** Where a notebook is now that was renamed or deleted: who shows it goes along. */
export type Moved = (from: string, to: string | null) => void;

export function useFiles(entries: readonly Entry[], refresh: () => void, moved?: Moved): Files {
  const question = useSignal<Question | null>(null);
  const send = (files: File[], folder: string) => void uploadAll(files, folder).then(refresh);
  return {
    begin: (folder = "") => {
      question.value = { what: "new", path: freeName(entries, folder) };
    },
    upload: (folder = "") => chooseFiles((files) => send(files, folder)),
    items: (entry) => items(entry, entries, question, refresh),
    dropped: droppedFiles(send),
    question: question.value && (
      <Answer
        question={question.value}
        close={() => {
          question.value = null;
        }}
        done={refresh}
        moved={moved}
      />
    ),
  };
}

function items(
  entry: Entry,
  entries: readonly Entry[],
  question: Signal<Question | null>,
  refresh: () => void,
): MenuItem[] {
  const { path } = entry;
  const ask = (what: Question["what"]) => {
    question.value = { what, path };
  };
  return [
    { id: "rename", title: "Rename…", run: () => ask("rename") },
    { id: "copy", title: "Copy", run: () => void copyBeside(path, entries).then(refresh) },
    { id: "delete", title: "Delete…", begins: true, run: () => ask("delete") },
  ];
}

/** Copies a notebook to a free name beside it. */
export async function copyBeside(path: string, known?: readonly Entry[]): Promise<void> {
  try {
    const entries = known ?? (await listNotebooks()).entries;
    const stem = (path.split("/").at(-1) ?? path).replace(/\.(ipynb|py)$/, "");
    const made = await copyNotebook(path, freeName(entries, folderOf(path), `${stem}-copy`));
    tell(`Copied to ${made.path}`, {
      address: to("notebooks", ...made.path.split("/")),
      text: "Open it",
    });
  } catch (error) {
    tellProblem(error);
  }
}

interface AnswerProps {
  question: Question;
  close: () => void;
  done: () => void;
  moved: Moved | undefined;
}

function Answer({ question, close, done, moved }: AnswerProps) {
  const { what, path } = question;
  const act = async (name: string) => {
    if (what === "new") {
      const made = await newNotebook(name);
      go(to("notebooks", ...made.path.split("/")));
    } else if (what === "rename") {
      const made = await renameNotebook(path, name);
      tell(`Renamed to ${made.path}`);
      moved?.(path, made.path);
    } else {
      await deleteNotebook(path);
      tell(`${path} lies in .trash now`);
      moved?.(path, null);
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

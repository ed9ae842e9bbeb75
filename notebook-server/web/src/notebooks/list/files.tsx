/** What can be done with notebooks as files: on their list and in the pane beside one. */
import { useSignal } from "@preact/signals";
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

type Question =
  | { what: "new" | "rename" | "delete"; path: string }
  | { what: "replace"; files: File[]; folder: string };

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
  // Asked one after the other: an upload may end while something else is asked.
  const questions = useSignal<readonly Question[]>([]);
  const ask = (question: Question) => {
    questions.value = [...questions.peek(), question];
  };
  const send = async (files: File[], folder: string) => {
    const taken = await uploadAll(files, folder);
    if (taken.length > 0) ask({ what: "replace", files: taken, folder });
    refresh();
  };
  const [question] = questions.value;
  return {
    begin: (folder = "") => ask({ what: "new", path: freeName(entries, folder) }),
    upload: (folder = "") => chooseFiles((files) => void send(files, folder)),
    items: (entry) => items(entry, entries, ask, refresh),
    dropped: droppedFiles(send),
    question: question && (
      <Answer
        key={nameOf(question)}
        question={question}
        close={() => {
          questions.value = questions.peek().filter((one) => one !== question);
        }}
        done={refresh}
        moved={moved}
      />
    ),
  };
}

/** What tells a question from others: each has a dialog of its own. */
function nameOf(question: Question): string {
  const about =
    question.what === "replace" ? question.files.map(({ name }) => name) : question.path;
  return `${question.what} ${about}`;
}

function items(
  entry: Entry,
  entries: readonly Entry[],
  put: (question: Question) => void,
  refresh: () => void,
): MenuItem[] {
  const { path } = entry;
  const ask = (what: "rename" | "delete") => put({ what, path });
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
  if (question.what === "replace") {
    const { files, folder } = question;
    const names = files.map(({ name }) => `\`${name}\``).join(", ");
    const [title, stands] =
      files.length === 1
        ? [`Replace ${files[0]?.name}?`, "is there already. What stands in it now is lost."]
        : [`Replace ${files.length} files?`, "are there already. What stands in them now is lost."];
    return (
      <Ask
        title={title}
        text={`${names} ${stands}`}
        verb="Replace"
        act={() => uploadAll(files, folder, true).then(done)}
        close={close}
      />
    );
  }
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

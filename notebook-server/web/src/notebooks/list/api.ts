/** Notebooks as files: listing, making, renaming, deleting. */
import { address, get, post, withQuery } from "../../api/client.ts";
import type {
  NotebookEntry,
  NotebookHistory,
  NotebookPlace,
  NotebookTree,
} from "../../api/notebook.ts";
import { withEnding } from "./tree.ts";

export type Entry = NotebookEntry;
export type Tree = NotebookTree;

export const listNotebooks = (signal?: AbortSignal) => get<Tree>(address("notebooks"), signal);

export const newNotebook = (path: string) =>
  post<NotebookPlace>(address("notebooks"), { path: withEnding(path) });

export const renameNotebook = (path: string, to: string) =>
  post<NotebookPlace>(address("notebooks", "rename"), { path, to: withEnding(to, path) });

export const copyNotebook = (path: string, to: string) =>
  post<NotebookPlace>(address("notebooks", "copy"), { path, to });

export const deleteNotebook = (path: string) =>
  post<unknown>(address("notebooks", "delete"), { path });

export const uploadFile = (path: string, content: string, replace = false) =>
  post<NotebookPlace>(address("notebooks", "upload"), { path, content, replace });

export const listSaves = (path: string, signal?: AbortSignal) =>
  get<NotebookHistory>(withQuery(address("notebooks", "history"), { path }), signal);

/** Where the browser gets the notebook in another form. */
export const exportAddress = (path: string, as: "html" | "py" | "ipynb") =>
  withQuery(address("notebooks", "export"), { path, as });

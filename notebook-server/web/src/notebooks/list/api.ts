/** Notebooks as files: listing, making, renaming, deleting. */
import { address, get, post, withQuery } from "../../api/client.ts";

export type Entry =
  | { kind: "folder"; name: string; path: string; entries: Entry[] }
  | {
      kind: "notebook";
      name: string;
      path: string;
      modified: string;
      size: number;
      running: boolean;
    };

export interface Tree {
  root: string;
  entries: Entry[];
  /** Whether there is more than is told. */
  cut: boolean;
}

export interface Save {
  save: string;
  at: string;
  size: number;
  why: string;
}

export const listNotebooks = (signal?: AbortSignal) => get<Tree>(address("notebooks"), signal);

export const newNotebook = (path: string) => post<{ path: string }>(address("notebooks"), { path });

export const renameNotebook = (path: string, to: string) =>
  post<{ path: string }>(address("notebooks", "rename"), { path, to });

export const copyNotebook = (path: string, to: string) =>
  post<{ path: string }>(address("notebooks", "copy"), { path, to });

export const deleteNotebook = (path: string) =>
  post<unknown>(address("notebooks", "delete"), { path });

export const uploadFile = (path: string, content: string) =>
  post<{ path: string }>(address("notebooks", "upload"), { path, content });

export const listSaves = (path: string, signal?: AbortSignal) =>
  get<{ saves: Save[] }>(withQuery(address("notebooks", "history"), { path }), signal);

/** Where the browser gets the notebook in another form. */
export const exportAddress = (path: string, as: "html" | "py" | "ipynb") =>
  withQuery(address("notebooks", "export"), { path, as });

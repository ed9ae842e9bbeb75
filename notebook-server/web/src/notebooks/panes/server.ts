/** What the panes ask the server: earlier saves, and the processes of a notebook. */
import { address, get, post, postWith, withQuery } from "../../api/client.ts";
import type {
  Difference,
  NotebookChecked,
  NotebookKernel,
  NotebookPackages,
  NotebookPlace,
  NotebookPythons,
  NotebookRestored,
  NotebookSaved,
} from "../../api/notebook.ts";
import { searchRuns } from "../../api/runs.ts";
import type { RunRow } from "../../api/types.ts";

export const readSave = (path: string, save: string, signal?: AbortSignal) =>
  get<NotebookSaved>(withQuery(address("notebooks", "history", "save"), { path, save }), signal);

/** What differs between a save and the notebook now. */
export const differenceTo = (path: string, save: string, signal?: AbortSignal) =>
  get<Difference>(withQuery(address("notebooks", "history", "diff"), { path, save }), signal);

/** Programs that look at cells: of Python, of Rust. */
export type Program = "ruff" | "rustc";

/** What a program finds in the cells. */
export const checkCells = (path: string, program: Program) =>
  get<NotebookChecked>(withQuery(address("notebooks", "check"), { path, with: program }));

export const restoreSave = (path: string, save: string) =>
  post<NotebookRestored>(address("notebooks", "history", "restore"), { path, save });

export const readKernel = (path: string, signal?: AbortSignal) =>
  get<NotebookKernel>(withQuery(address("notebooks", "kernel"), { path }), signal);

export const readPackages = (path: string, signal?: AbortSignal) =>
  get<NotebookPackages>(withQuery(address("notebooks", "kernel", "packages"), { path }), signal);

export const readPythons = (path: string, signal?: AbortSignal) =>
  postWith<NotebookPythons>(address("notebooks", "kernel", "pythons"), { path }, signal);

/** The notebook's cells run in another Python from now on; its kernel ends. */
export const choosePython = (path: string, python: string | null) =>
  post<NotebookPlace>(address("notebooks", "kernel", "python"), { path, python });

/** So many runs are looked at for those of one notebook. */
const RUNS = 30;

/** The runs of the notebook, the newest first. */
export async function runsOf(path: string, signal?: AbortSignal): Promise<RunRow[]> {
  const name = path.split("/").at(-1) ?? path;
  const { runs } = await searchRuns({ text: name, limit: RUNS }, signal);
  // Words are found anywhere in a run's row: only the file counts.
  return runs.filter(({ file }) => file === path || file?.endsWith(`/${path}`));
}

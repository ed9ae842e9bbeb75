/** Files from this computer into the served folder: by a button, or dropped on a list. */
import { Problem } from "../../api/problem.ts";
import { count, size } from "../../format/format.ts";
import { tell, tellProblem } from "../../state/toasts.ts";
import { uploadFile } from "./api.ts";

/** The server takes no more at once. */
export const MOST_BYTES = 48 * 1024 * 1024;

/**
 * Uploads files into a folder, one after the other; says which came and which didn't.
 *
 * Gives back those whose names are taken by files that may be replaced: notebooks never are.
 */
export async function uploadAll(
  files: readonly File[],
  folder: string,
  replace = false,
): Promise<File[]> {
  const made: string[] = [];
  const taken: File[] = [];
  for (const file of files) {
    try {
      made.push(await uploadOne(file, folder, replace));
    } catch (error) {
      const isTaken = error instanceof Problem && error.status === 409;
      if (isTaken && !file.name.endsWith(".ipynb")) taken.push(file);
      else tellProblem(error);
    }
  }
  if (made.length > 0) {
    const where = folder ? ` to ${folder}` : "";
    tell(`${made.length === 1 ? made[0] : count(made.length, "file")} uploaded${where}`);
  }
  return taken;
}

async function uploadOne(file: File, folder: string, replace: boolean): Promise<string> {
  if (file.size > MOST_BYTES) {
    const what = `${file.name} has ${size(file.size)}; a page may send ${size(MOST_BYTES)}`;
    throw new Problem({ what, where: null, hint: "copy it into the folder" }, 413);
  }
  const path = folder ? `${folder}/${file.name}` : file.name;
  const place = await uploadFile(path, await base64(file), replace);
  return place.path;
}

function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    // A data address is base64 behind its first comma.
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => {
      const what = `${file.name} can't be read`;
      reject(new Problem({ what, where: null, hint: "is it a folder?" }, 0));
    };
    reader.readAsDataURL(file);
  });
}

/** Lets the user choose files. */
export function chooseFiles(then: (files: File[]) => void): void {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.onchange = () => then([...(input.files ?? [])]);
  input.click();
}

/** Whether files from outside are dragged, not a part of the page. */
function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/** On a list: files that are dropped on it go to the folder of what they fall on. */
export function droppedFiles(done: (files: File[], folder: string) => void) {
  const mark = (element: Element, is: boolean) => element.classList.toggle("drop-files", is);
  return {
    onDragOver: (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      mark(event.currentTarget as Element, true);
    },
    onDragLeave: (event: DragEvent) => mark(event.currentTarget as Element, false),
    onDrop: (event: DragEvent) => {
      mark(event.currentTarget as Element, false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      const on = (event.target as Element).closest<HTMLElement>("[data-folder]");
      done([...(event.dataTransfer?.files ?? [])], on?.dataset.folder ?? "");
    },
  };
}

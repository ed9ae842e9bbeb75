/** Cells in a notebook of their own, which is opened. */
import { asProblem } from "../api/problem.ts";
import { type NewCell, notebookOf } from "../charts/cells.ts";
import { uploadFile } from "../notebooks/list/api.ts";
import { go, to } from "../router.ts";
import { tell, tellProblem } from "../state/toasts.ts";

/** Names that are tried when others are taken. */
const TRIES = 50;

export async function openInNotebook(name: string, cells: NewCell[]): Promise<void> {
  const plain = name.replace(/[^\p{L}\p{N}_-]+/gu, "-").replace(/^-+|-+$/g, "") || "query";
  const content = base64(notebookOf(cells));
  for (let number = 1; number <= TRIES; number += 1) {
    const path = `${plain}${number > 1 ? `-${number}` : ""}.ipynb`;
    try {
      await uploadFile(path, content);
      go(to("notebooks", path));
      tell(`Made ${path}`);
      return;
    } catch (error) {
      const isTaken = /is there already/.test(asProblem(error).what);
      if (isTaken && number < TRIES) continue;
      tellProblem(error);
      return;
    }
  }
}

function base64(text: string): string {
  let letters = "";
  for (const byte of new TextEncoder().encode(text)) letters += String.fromCharCode(byte);
  return btoa(letters);
}

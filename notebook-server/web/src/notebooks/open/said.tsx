/** Results, read aloud: what ended, and how. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { duration } from "../../format/format.ts";
import type { Desk } from "../model/desk.ts";

export function Said({ desk }: { desk: Desk }) {
  const text = useSignal("");
  useEffect(() => {
    let before = desk.notebook.book.peek().cells;
    return desk.notebook.book.subscribe((book) => {
      const { cells } = book;
      if (cells === before) return;
      const ended: string[] = [];
      for (const [id, cell] of cells) {
        const was = before.get(id)?.status.status;
        const is = cell.status.status;
        if (was !== "running" || is === "running") continue;
        const number = desk.numbers.peek().get(id);
        const took = cell.elapsedMs === null ? "" : ` after ${duration(cell.elapsedMs)}`;
        const how = is === "failed" ? "failed" : is === "interrupted" ? "was stopped" : "is done";
        const error = cell.outputs.find((output) => output.kind === "error");
        const why = is === "failed" && error?.kind === "error" ? `: ${error.name}` : "";
        ended.push(`cell ${number} ${how}${took}${why}`);
      }
      before = cells;
      if (ended.length > 0) text.value = ended.slice(0, 3).join(", ");
    });
  }, [desk]);
  return (
    <div class="aloud" role="status" aria-live="polite">
      {text.value}
    </div>
  );
}

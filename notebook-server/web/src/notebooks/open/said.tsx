/** What happens, read aloud: which cells ended, and how; which waits for a line. */
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
      const news: string[] = [];
      for (const [id, cell] of cells) {
        const was = before.get(id)?.status.status;
        const is = cell.status.status;
        const number = desk.numbers.peek().get(id);
        if (cell.input && !before.get(id)?.input) news.push(`cell ${number} asks for a line`);
        if (was !== "running" || is === "running") continue;
        const took = cell.elapsedMs === null ? "" : ` after ${duration(cell.elapsedMs)}`;
        const how = is === "failed" ? "failed" : is === "interrupted" ? "was stopped" : "is done";
        const error = cell.outputs.find((output) => output.kind === "error");
        const why = is === "failed" && error?.kind === "error" ? `: ${error.name}` : "";
        news.push(`cell ${number} ${how}${took}${why}`);
      }
      before = cells;
      if (news.length > 0) text.value = news.slice(0, 3).join(", ");
    });
  }, [desk]);
  return (
    <div class="aloud" role="status" aria-live="polite">
      {text.value}
    </div>
  );
}

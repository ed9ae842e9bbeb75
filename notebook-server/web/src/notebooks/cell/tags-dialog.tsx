/** The tags of a cell, typed. */
import { Ask } from "../../parts/ask.tsx";
import type { Desk } from "../model/desk.ts";
import { readTags, tagsOf } from "./tags.ts";

export function TagsDialog({ desk, close }: { desk: Desk; close: () => void }) {
  const cell = desk.focused.value ?? "";
  const number = desk.numbers.value.get(cell);
  const { metadata = {} } = desk.notebook.book.peek().cells.get(cell) ?? {};
  return (
    <Ask
      title={number ? `Tags of cell ${number}` : "Tags of the cell"}
      text="Words for programs that read the notebook: a run takes its parameters from the cell tagged `parameters`."
      field="Tags, with spaces or commas between them"
      value={tagsOf(metadata).join(" ")}
      isOptional
      verb="Keep"
      act={(text) => desk.setTags(cell, readTags(text))}
      close={close}
    />
  );
}

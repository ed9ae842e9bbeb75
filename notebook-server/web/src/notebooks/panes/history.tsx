/** History: when the notebook was saved, and its runs. */
import { useResource } from "../../api/resource.ts";
import { clock, date, size } from "../../format/format.ts";
import { listSaves } from "../list/api.ts";
import type { Desk } from "../model/desk.ts";

/** The newest; older ones are in the shell. */
const SHOWN = 6;

export function History({ desk }: { desk: Desk }) {
  const { at } = desk.notebook.book.value.saving;
  const { path } = desk.notebook;
  const saves = useResource(`${path} ${at}`, (signal) => listSaves(path, signal));
  const found = saves.value.value?.saves ?? [];
  if (found.length === 0) return null;
  const today = date(new Date().toISOString());
  return (
    <section aria-label="History">
      <h3>History</h3>
      {found.slice(0, SHOWN).map(({ save, at, size: bytes, why }) => (
        <div key={save} class="entry">
          <span class="cut">
            {date(at) === today ? clock(at) : date(at)} {why}
          </span>
          <span class="k">{size(bytes)}</span>
        </div>
      ))}
      {found.length > SHOWN && <p class="pane-note">{found.length - SHOWN} older saves</p>}
    </section>
  );
}

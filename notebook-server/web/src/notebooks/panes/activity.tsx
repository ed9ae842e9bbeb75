/** Activity: what runs and what waits, and stopping it. */
import { Icon } from "../../parts/icon.tsx";
import { Elapsed, StatusGlyph } from "../cell/status.tsx";
import type { Desk } from "../model/desk.ts";
import { languageTitle } from "../protocol/book.ts";

/** More that wait are counted, not listed. */
const LISTED = 8;

export function Activity({ desk }: { desk: Desk }) {
  const { order, cells } = desk.notebook.book.value;
  const all = order.flatMap((id) => {
    const cell = cells.get(id);
    return cell ? [cell] : [];
  });
  const running = all.filter((cell) => cell.status.status === "running");
  const queued = all.filter((cell) => cell.status.status === "queued");
  const number = (id: string) => desk.numbers.value.get(id);
  return (
    <section aria-label="Activity">
      <h3>Activity</h3>
      {running.length + queued.length === 0 && <p class="pane-note">Nothing runs.</p>}
      {running.map((cell) => (
        <div key={cell.id} class="entry with-button">
          <span class="tone-run line">
            <StatusGlyph name="running" />
          </span>
          <button type="button" class="text-button" onClick={() => desk.goTo(cell.id)}>
            cell {number(cell.id)} · {languageTitle(cell.language)}
          </button>
          <span class="k">
            <Elapsed since={cell.startedAt} />
          </span>
          <button
            type="button"
            class="btn quiet icon small"
            aria-label="Stop what runs and what waits"
            title="Stop (i i)"
            onClick={() => void desk.interrupt()}
          >
            <Icon name="stop" size={12} />
          </button>
        </div>
      ))}
      {queued.slice(0, LISTED).map((cell) => (
        <div key={cell.id} class="entry with-button">
          <span class="tone-idle line">
            <StatusGlyph name="queued" />
          </span>
          <button type="button" class="text-button" onClick={() => desk.goTo(cell.id)}>
            cell {number(cell.id)} · {languageTitle(cell.language)}
          </button>
          <span class="k">queued</span>
          <button
            type="button"
            class="btn quiet icon small"
            aria-label={`Don't run cell ${number(cell.id)}`}
            title="Let it not run after all"
            onClick={() => void desk.cancel(cell.id)}
          >
            <Icon name="close" size={12} />
          </button>
        </div>
      ))}
      {queued.length > LISTED && <p class="pane-note">{queued.length - LISTED} more wait</p>}
    </section>
  );
}

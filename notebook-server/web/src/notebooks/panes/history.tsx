/** History: the notebook's saves and its runs, the newest first. */
import { useSignal } from "@preact/signals";
import { useRepeat, useResource } from "../../api/resource.ts";
import type { RunRow } from "../../api/types.ts";
import { clock, date, shortRun } from "../../format/format.ts";
import { StateMark } from "../../parts/state.tsx";
import { href, to } from "../../router.ts";
import { listSaves } from "../list/api.ts";
import type { Desk } from "../model/desk.ts";
import { SaveDialog } from "./save.tsx";
import { runsOf } from "./server.ts";

/** More are shown when they are asked for. */
const FEW = 8;
/** Milliseconds until it is looked again for a run that has begun but isn't listed yet. */
const LOOK = 2000;

export interface Save {
  save: string;
  at: string;
  why: string;
}

/** What is said of a save. */
const WHY: Record<string, string> = {
  saved: "saved",
  replaced: "kept before the file changed",
  restored: "kept before a restore",
};

export function whySaved(why: string): string {
  return WHY[why] ?? why;
}

type Entry = { at: string; save: Save; run?: never } | { at: string; run: RunRow; save?: never };

export function History({ desk }: { desk: Desk }) {
  const { path } = desk.notebook;
  const saving = desk.notebook.of("saving");
  const session = desk.notebook.of("session");
  const saves = useResource(`${path} ${saving.at}`, (signal) => listSaves(path, signal));
  const runs = useResource(
    `${path} ${session}`,
    (signal) => runsOf(path, signal),
    desk.pauses.value,
  );
  const hasRun = !session || (runs.value.value ?? []).some(({ run }) => run === session);
  useRepeat(hasRun ? null : LOOK, runs.refresh);
  const open = useSignal<Save | null>(null);
  const isAll = useSignal(false);
  const entries: Entry[] = [
    ...(saves.value.value?.saves ?? []).map((save) => ({ at: save.at, save })),
    ...(runs.value.value ?? []).map((run) => ({ at: run.started_at, run })),
  ].sort((one, other) => other.at.localeCompare(one.at));
  const shown = isAll.value ? entries : entries.slice(0, FEW);
  return (
    <section aria-label="History">
      <h3>History</h3>
      {entries.length === 0 && <p class="pane-note">Saves and runs stand here.</p>}
      {shown.map(({ at, save, run }) =>
        save ? (
          <button
            key={save.save}
            type="button"
            class="entry"
            title="See it, compare it with now, restore it"
            onClick={() => {
              open.value = save;
            }}
          >
            <span class="num when">{when(at)}</span>
            <span class="cut">{whySaved(save.why)}</span>
          </button>
        ) : (
          <a key={run.run} class="entry plain" href={href(to("runs", run.flow, run.run))}>
            <span class="num when">{when(at)}</span>
            <span class="cut">run {shortRun(run.run)}</span>
            <span class="k">
              <StateMark state={run.status} of="run" brief />
            </span>
          </a>
        ),
      )}
      {entries.length > FEW && (
        <button
          type="button"
          class="btn small quiet"
          onClick={() => {
            isAll.value = !isAll.peek();
          }}
        >
          {isAll.value ? "Show fewer" : `Show ${entries.length - FEW} older`}
        </button>
      )}
      {open.value && (
        <SaveDialog
          desk={desk}
          save={open.value}
          close={() => {
            open.value = null;
          }}
        />
      )}
    </section>
  );
}

/** The time of today, the day and the time of another. */
export function when(at: string): string {
  const time = clock(at).slice(0, 5);
  return date(at) === date(new Date().toISOString()) ? time : `${date(at)} ${time}`;
}

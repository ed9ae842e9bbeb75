/** What is looked for when somebody asks: damage in the store, and what gc would free. */
import { checkStore, lookAtGc } from "../api/health.ts";
import type { Checking, CheckResult, FreedByGc, Job } from "../api/types.ts";
import { count, number, size } from "../format/format.ts";
import { Icon } from "../parts/icon.tsx";
import { Command, ProblemNote } from "../parts/notice.tsx";
import { Ago } from "../parts/time.tsx";
import { Words } from "../parts/words.tsx";
import { href, to } from "../router.ts";
import { tellProblem } from "../state/toasts.ts";

interface Props<R> {
  job: Job<Checking, R>;
  again: () => void;
}

async function begin(start: () => Promise<unknown>, again: () => void): Promise<void> {
  try {
    await start();
  } catch (error) {
    tellProblem(error);
  }
  again();
}

export function Damage({ job, again }: Props<CheckResult>) {
  const { running, last, problem } = job;
  return (
    <section class="card" aria-label="Damage">
      <div class="line wrap">
        <h2 class="heading">Damage</h2>
        <span class="grow" />
        <button
          type="button"
          class="btn small"
          disabled={running !== null}
          onClick={() => void begin(checkStore, again)}
        >
          {running ? "Checking…" : "Check the store"}
        </button>
      </div>
      {running && <Progress running={running} />}
      {problem && <ProblemNote problem={problem} />}
      {!last && !running && (
        <p class="dim">
          Nobody has checked it from here: every record is read, every value hashed.
        </p>
      )}
      {last && (
        <>
          <p class={`state ${last.damaged > 0 ? "tone-fail" : "tone-fresh"}`}>
            <Icon name={last.damaged > 0 ? "alert" : "check"} size={13} />{" "}
            {last.damaged > 0 ? `${count(last.damaged, "thing")} damaged` : "Nothing is damaged"}
          </p>
          <p class="dim">
            {count(last.runs, "run")} and {count(last.blobs, "value")} ({size(last.blob_bytes)}),
            checked <Ago time={last.ended_at} />
          </p>
          {last.findings.length > 0 && (
            <>
              <ul class="findings" aria-label="What is damaged">
                {last.findings.map((found) => (
                  <li key={`${found.key} ${found.what}`}>
                    {found.run ? (
                      <a class="plain" href={href(to("runs", ...found.run.split("/")))}>
                        <Words text={found.what} />
                      </a>
                    ) : (
                      <Words text={found.what} />
                    )}
                  </li>
                ))}
              </ul>
              <p class="dim">Put aside what is damaged, so that a run makes it anew:</p>
              <Command>flownote store check --repair</Command>
            </>
          )}
        </>
      )}
    </section>
  );
}

function Progress({ running }: { running: Checking }) {
  const { runs, runs_in_all, blobs, blobs_in_all } = running;
  const total = runs_in_all + blobs_in_all;
  const text =
    blobs_in_all > 0
      ? `value ${number(blobs)} of ${number(blobs_in_all)}`
      : `run ${number(runs)} of ${number(runs_in_all)}`;
  return (
    <div class="stack" role="status">
      <span class="dim">{total > 0 ? text : "looking through the store…"}</span>
      <progress
        aria-label="How far it is"
        {...(total > 0 ? { value: runs + blobs, max: total } : {})}
      />
    </div>
  );
}

export function Gc({ job, again }: Props<FreedByGc>) {
  const { running, last, problem } = job;
  const free = last ? last.deleted_bytes + last.trashed_bytes : 0;
  return (
    <section class="card" aria-label="What gc would free">
      <div class="line wrap">
        <h2 class="heading">What gc would free</h2>
        <span class="grow" />
        <button
          type="button"
          class="btn small"
          disabled={running !== null}
          onClick={() => void begin(lookAtGc, again)}
        >
          {running ? "Looking…" : "Look"}
        </button>
      </div>
      {running && <Progress running={running} />}
      {problem && <ProblemNote problem={problem} />}
      {!last && !running && (
        <p class="dim">A dry run tells what nobody refers to any more. Nothing is taken away.</p>
      )}
      {last && (
        <>
          <p class="big num">
            {size(free)} <span class="dim">can go</span>
          </p>
          <ul class="dim facts">
            <li>
              {count(last.trashed, "value")} ({size(last.trashed_bytes)}) to the trash
            </li>
            <li>
              {count(last.deleted, "value")} ({size(last.deleted_bytes)}) from the trash, for good
            </li>
            {last.young_bytes > 0 && <li>{size(last.young_bytes)} are too young to go yet</li>}
            {last.results > 0 && <li>{count(last.results, "old result")} of the cache</li>}
            {last.leftovers > 0 && (
              <li>{count(last.leftovers, "leftover")} of runs that are over</li>
            )}
          </ul>
          <p class="dim">
            looked <Ago time={last.ended_at} />
          </p>
          {(free > 0 || last.leftovers > 0 || last.results > 0) && <Command>flownote gc</Command>}
        </>
      )}
    </section>
  );
}

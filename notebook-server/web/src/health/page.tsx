/** The place Health: what stands badly first, then what runs, what failed, what fills the store. */
import { health } from "../api/health.ts";
import type { ProblemText } from "../api/problem.ts";
import { useRepeat, useResource } from "../api/resource.ts";
import type { Health } from "../api/types.ts";
import { count } from "../format/format.ts";
import { Layout } from "../frame/layout.tsx";
import { useTitle } from "../frame/title.ts";
import { Icon } from "../parts/icon.tsx";
import { ProblemNote, Skeleton } from "../parts/notice.tsx";
import { me } from "../state/me.ts";
import { Errors } from "./errors.tsx";
import { Gauges } from "./gauges.tsx";
import { Damage, Gc } from "./jobs.tsx";
import { Kernels } from "./kernels.tsx";
import { StoreTable } from "./store.tsx";
import { Leases, Running } from "./work.tsx";

const REFRESH_MS = 5_000;
const BUSY_MS = 400;

export function HealthPage() {
  useTitle("Health");
  const found = useResource("health", (signal) => health(signal));
  const now = found.value.value;
  // What somebody waits for is looked at more often.
  const isBusy = now !== null && (now.check.running !== null || now.gc.running !== null);
  useRepeat(isBusy ? BUSY_MS : REFRESH_MS, found.refresh);
  return (
    <Layout>
      <div class="line wrap head-line">
        <h1>Health</h1>
        {me.value && (
          <span class="dim mono cut" title={me.value.store}>
            {me.value.store}
          </span>
        )}
      </div>
      {found.problem.value && <ProblemNote problem={found.problem.value} again={found.refresh} />}
      {!now && !found.problem.value && <Skeleton lines={8} label="measuring" />}
      {now && <Inside now={now} again={found.refresh} />}
    </Layout>
  );
}

/** What stands badly, with what a check of the store has found. */
function troublesOf({ troubles, check }: Health): ProblemText[] {
  const damaged = check.last?.damaged ?? 0;
  if (damaged === 0) return troubles;
  const what = `${count(damaged, "thing")} in the store ${damaged > 1 ? "are" : "is"} damaged`;
  return [...troubles, { what, where: null, hint: "what it is, and what to do, stands below" }];
}

function Inside({ now, again }: { now: Health; again: () => void }) {
  const troubles = troublesOf(now);
  return (
    <div class="health">
      <section class="whole stack" aria-label="What stands badly" aria-live="polite">
        {troubles.map((trouble) => (
          <ProblemNote key={trouble.what} problem={trouble} tone="warn" />
        ))}
        {troubles.length === 0 && (
          <p class="state tone-fresh well">
            <Icon name="check" /> All is well
          </p>
        )}
      </section>
      <Gauges now={now} />
      <Running now={now} />
      <Leases now={now} />
      <Kernels kernels={now.kernels} again={again} />
      <Errors errors={now.errors} />
      <Damage job={now.check} again={again} />
      <Gc job={now.gc} again={again} />
      <StoreTable size={now.store} />
    </div>
  );
}

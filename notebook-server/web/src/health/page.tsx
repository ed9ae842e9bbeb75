/** The place Health: what stands badly first, then what runs, what failed, what fills the store. */
import { health } from "../api/health.ts";
import { useRepeat, useResource } from "../api/resource.ts";
import type { Health } from "../api/types.ts";
import { Layout } from "../frame/layout.tsx";
import { useTitle } from "../frame/title.ts";
import { Icon } from "../parts/icon.tsx";
import { ProblemNote, Skeleton } from "../parts/notice.tsx";
import { me } from "../state/me.ts";
import { Gauges } from "./gauges.tsx";
import { RunLines } from "./runs.tsx";
import { StoreTable } from "./store.tsx";

const REFRESH_MS = 5_000;

export function HealthPage() {
  useTitle("Health");
  const found = useResource("health", (signal) => health(signal));
  useRepeat(REFRESH_MS, found.refresh);
  const now = found.value.value;
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
      {now && <Inside now={now} />}
    </Layout>
  );
}

function Inside({ now }: { now: Health }) {
  return (
    <div class="health">
      <section class="whole stack" aria-label="What stands badly" aria-live="polite">
        {now.troubles.map((trouble) => (
          <ProblemNote key={trouble.what} problem={trouble} tone="warn" />
        ))}
        {now.troubles.length === 0 && (
          <p class="state tone-fresh well">
            <Icon name="check" /> All is well
          </p>
        )}
      </section>
      <Gauges now={now} />
      <RunLines title="Running now" runs={now.running} none="Nothing runs." />
      <RunLines title="Failed lately" runs={now.failed} none="Nothing failed." />
      <StoreTable size={now.store} />
    </div>
  );
}

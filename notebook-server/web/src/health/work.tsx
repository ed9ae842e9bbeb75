/** What works just now: runs with their processes, and who computes what others wait for. */
import type { Health } from "../api/types.ts";
import { count, size } from "../format/format.ts";
import { Ago } from "../parts/time.tsx";
import { RunLines } from "./runs.tsx";

export function Running({ now }: { now: Health }) {
  const tasks = now.running.reduce((sum, row) => sum + row.tasks.running, 0);
  const memory = now.processes.reduce((sum, one) => sum + one.memory_bytes, 0);
  const processes = now.processes.reduce((sum, one) => sum + one.processes, 0);
  return (
    <RunLines title="Running now" runs={now.running} none="Nothing runs.">
      {now.running.length > 0 && (
        <p class="dim" data-work>
          {count(tasks, "task")} at work
          {processes > 0 && (
            <>
              {" "}
              in {count(processes, "process", "processes")} on this machine with {size(memory)}
            </>
          )}
        </p>
      )}
    </RunLines>
  );
}

export function Leases({ now }: { now: Health }) {
  return (
    <section class="card" aria-label="Leases">
      <h2 class="heading">Leases</h2>
      {now.leases.length === 0 && (
        <p class="dim">Nobody computes what others wait for. Runs with a cache hold leases.</p>
      )}
      <ul class="run-lines">
        {now.leases.map((lease) => (
          <li key={lease.key} class="line">
            <span class="mono cut" title={lease.key}>
              {lease.key.slice(0, 16)}
            </span>
            <span class="dim cut">
              process {lease.pid} on {lease.host}
            </span>
            <span class="grow" />
            <span class="dim nowrap">
              <Ago time={lease.seen_at} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

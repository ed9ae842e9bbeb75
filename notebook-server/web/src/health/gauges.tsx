/** Disk, memory and store as bars with their numbers in words. */
import type { Health } from "../api/types.ts";
import { percent, size } from "../format/format.ts";

/** From here on a bar warns; the words beside it say the same. */
const TIGHT = 0.9;

export function Gauges({ now }: { now: Health }) {
  return (
    <section class="gauges whole" aria-label="Room">
      {now.disk && (
        <Gauge
          title="Disk"
          used={now.disk.total_bytes - now.disk.free_bytes}
          total={now.disk.total_bytes}
          text={`${size(now.disk.free_bytes)} free of ${size(now.disk.total_bytes)}`}
          tip={now.disk.path}
        />
      )}
      {now.memory && (
        <Gauge
          title="Memory"
          used={now.memory.total_bytes - now.memory.available_bytes}
          total={now.memory.total_bytes}
          text={`${size(now.memory.available_bytes)} free of ${size(now.memory.total_bytes)}`}
        />
      )}
      {now.store && (
        <Gauge
          title="Store"
          used={now.store.total_bytes - now.store.unreferenced_bytes - now.store.trash_bytes}
          total={now.store.total_bytes}
          big={size(now.store.total_bytes)}
          text={`${size(now.store.unreferenced_bytes + now.store.trash_bytes)} of it can go`}
        />
      )}
    </section>
  );
}

interface Props {
  title: string;
  used: number;
  total: number;
  text: string;
  tip?: string;
  /** What is said large, instead of the part in use; then nothing is ever tight. */
  big?: string;
}

function Gauge({ title, used, total, text, tip, big }: Props) {
  const part = total > 0 ? used / total : 0;
  const isTight = part > TIGHT && big === undefined;
  return (
    <div class="card gauge" title={tip}>
      <h2 class="heading">{title}</h2>
      <p class="big num">
        {big ?? (
          <>
            {percent(used, total)}{" "}
            <span class="dim">in use{isTight ? ", little is left" : ""}</span>
          </>
        )}
      </p>
      <div
        class="meter"
        role="meter"
        aria-label={title}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(100 * part)}
        aria-valuetext={text}
      >
        <i class={isTight ? "tight" : ""} style={{ width: `${100 * part}%` }} />
      </div>
      <p class="dim">{text}</p>
    </div>
  );
}

/** Each try of a task: how it ended, where it ran, what it took. */
import type { AttemptRow } from "../../api/types.ts";
import { clock, duration, moment, size } from "../../format/format.ts";
import { StateMark } from "../../parts/state.tsx";
import { Words } from "../../parts/words.tsx";

function elapsed(row: AttemptRow): number | null {
  if (!row.started_at || !row.finished_at) return null;
  return Date.parse(row.finished_at) - Date.parse(row.started_at);
}

export function Attempts({ attempts }: { attempts: AttemptRow[] }) {
  if (attempts.length === 0) return <p class="dim none">It hasn't begun.</p>;
  return (
    <div class="scroll-x">
      <table class="plain">
        <thead>
          <tr>
            <th>attempt</th>
            <th>ended</th>
            <th>began</th>
            <th class="right">took</th>
            <th class="right">processor</th>
            <th class="right">memory</th>
            <th class="right">printed</th>
            <th>on</th>
            <th>said</th>
          </tr>
        </thead>
        <tbody>
          {attempts.map((row) => (
            <tr key={row.attempt}>
              <td class="num">{row.attempt + 1}</td>
              <td>
                <StateMark state={row.outcome} />
              </td>
              <td class="mono" title={moment(row.started_at)}>
                {clock(row.started_at)}
              </td>
              <td class="right mono">{duration(elapsed(row))}</td>
              <td class="right mono">{duration(row.cpu_ms)}</td>
              <td class="right mono">{row.max_rss_bytes ? size(row.max_rss_bytes) : ""}</td>
              <td class="right mono">{size(row.printed_bytes)}</td>
              <td>{row.host}</td>
              <td>
                {row.message && <Words text={row.message} />}
                {row.notices.map((notice) => (
                  <p key={notice} class="dim">
                    <Words text={notice} />
                  </p>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

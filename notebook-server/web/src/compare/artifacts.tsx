/** What the runs ended with, side by side: what differs first. */
import type { Comparison } from "../api/types.ts";
import { shortRun } from "../format/format.ts";
import { href } from "../router.ts";
import { taskAddress } from "../runs/shared/task-link.tsx";

export function ComparedArtifacts({ all }: { all: Comparison }) {
  if (all.artifacts.length === 0) return <p class="dim">The runs ended with no artifacts.</p>;
  const rows = [...all.artifacts].sort((one, other) => Number(one.is_same) - Number(other.is_same));
  return (
    // What scrolls must be reached by key.
    <div class="scroll-x card" tabIndex={0} role="region" aria-label="Artifacts of the runs">
      <table class="plain compare">
        <thead>
          <tr>
            <th scope="col">artifact</th>
            <th scope="col">type</th>
            {all.rows.map(({ row }) => (
              <th key={`${row.flow}/${row.run}`} scope="col" class="mono">
                {shortRun(row.run)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((artifact) => (
            <tr key={artifact.name}>
              <th scope="row" class="mono">
                {artifact.name}
              </th>
              <td class="mono dim">{artifact.type.split(".").at(-1)}</td>
              {artifact.is_same && (
                <td class="dim" colSpan={all.rows.length}>
                  the same in all: <span class="mono">{artifact.previews[0] ?? ""}</span>
                </td>
              )}
              {!artifact.is_same &&
                artifact.pathspecs.map((pathspec, at) => (
                  <td key={all.rows[at]?.row.run ?? at} class="mono preview">
                    {pathspec ? (
                      <a class="plain cut" href={href(taskAddress(pathspec))}>
                        {artifact.previews[at] ?? "look"}
                      </a>
                    ) : (
                      <span class="faint">–</span>
                    )}
                  </td>
                ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** One artifact, opened: a look into it, who made it, where the same value is, its lineage. */

import { useResource } from "../../api/resource.ts";
import { artifactDetail, pathspec, type TaskName } from "../../api/runs.ts";
import type { ArtifactDetail } from "../../api/types.ts";
import { count, shortDigest, size } from "../../format/format.ts";
import { ArtifactTable } from "../../grid/artifact.tsx";
import { CopyButton } from "../../parts/copy.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { ProblemNote, Skeleton } from "../../parts/notice.tsx";
import { Glyph } from "../../parts/state.tsx";
import { Ago } from "../../parts/time.tsx";
import { Maker, typeText } from "./artifacts.tsx";
import { LineageView } from "./lineage.tsx";
import { PreviewView } from "./preview.tsx";
import { TaskLink } from "./task-link.tsx";

interface Props {
  name: TaskName;
  artifact: string;
  close: () => void;
}

export function ArtifactDialog({ name, artifact, close }: Props) {
  const path = `${pathspec(name)}/${artifact}`;
  const found = useResource(path, (signal) => artifactDetail(name, artifact, signal));
  const detail = found.value.value;
  return (
    <Dialog title={artifact} close={close} wide>
      {found.problem.value && <ProblemNote problem={found.problem.value} again={found.refresh} />}
      {!detail && !found.problem.value && <Skeleton label={`loading ${artifact}`} />}
      {detail && <Inside detail={detail} name={name} path={path} further={found.refresh} />}
    </Dialog>
  );
}

interface InsideProps {
  detail: ArtifactDetail;
  name: TaskName;
  path: string;
  /** Looks at more of the store for the same value. */
  further: () => void;
}

function Inside({ detail, name, path, further }: InsideProps) {
  const { row } = detail;
  const others = detail.used_in.filter((use) => use.pathspec !== path);
  return (
    <div class="artifact">
      <section class="stack" aria-label="Value">
        {detail.preview.kind === "table" ? (
          <ArtifactTable pathspec={path} preview={detail.preview} />
        ) : (
          <PreviewView preview={detail.preview} />
        )}
      </section>
      <section class="stack" aria-label="About">
        <dl class="facts">
          <dt>type</dt>
          <dd title={row.type}>{typeText(row)}</dd>
          <dt>stored as</dt>
          <dd>
            {row.codec}, {size(row.size)}
          </dd>
          <dt>digest</dt>
          <dd class="line">
            <span title={row.digest}>{shortDigest(row.digest)}</span>
            <CopyButton text={row.digest} what="the digest" />
          </dd>
          <dt>made by</dt>
          <dd>
            <Maker row={row} name={name} />
          </dd>
          <dt>pathspec</dt>
          <dd class="line">
            <span class="cut" title={path}>
              {path}
            </span>
            <CopyButton text={path} what="the pathspec" />
          </dd>
        </dl>
        <h3>The same value elsewhere</h3>
        {others.length === 0 ? (
          <p class="dim">No other task made or took this value.</p>
        ) : (
          <ul class="uses">
            {others.map((use) => (
              <li key={use.pathspec} class="line">
                {use.reused && (
                  <span class="line tone-reused" title="reused">
                    <Glyph state="reused" size={10} />
                    <span class="aloud">reused</span>
                  </span>
                )}
                <TaskLink pathspec={use.pathspec} />
                <span class="faint cut">
                  {use.user}, <Ago time={use.finished_at} />
                </span>
              </li>
            ))}
          </ul>
        )}
        {!detail.is_complete && (
          <p class="faint">
            Not all of the store was looked at yet.{" "}
            <button type="button" class="btn small" onClick={further}>
              Look further
            </button>
          </p>
        )}
        {others.length >= 99 && <p class="faint">The newest {count(others.length, "place")}.</p>}
      </section>
      {detail.lineage.nodes.length > 1 && (
        <section class="whole stack" aria-label="Lineage">
          <h3>Lineage: what it was made from, and which tasks read it</h3>
          <LineageView lineage={detail.lineage} within={`${name.flow}/${name.run}`} />
        </section>
      )}
    </div>
  );
}

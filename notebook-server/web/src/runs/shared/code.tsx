/** The code that ran, and how it differs from the flow's run before. */
import { useSignal } from "@preact/signals";
import type { Resource } from "../../api/resource.ts";
import type { CodeDetail } from "../../api/types.ts";
import { shortRun } from "../../format/format.ts";
import { DiffView } from "../../parts/diff-view.tsx";
import { ProblemNote, Skeleton } from "../../parts/notice.tsx";
import { Source } from "../../parts/source.tsx";
import { href, to } from "../../router.ts";

interface Props {
  code: Resource<CodeDetail>;
  flow: string;
  /** Lines of the step's file at which the task failed. */
  failed?: number[];
}

export function Code({ code, flow, failed = [] }: Props) {
  const chosen = useSignal<string | null>(null);
  const detail = code.value.value;
  if (code.problem.value) return <ProblemNote problem={code.problem.value} again={code.refresh} />;
  if (!detail) return <Skeleton label="loading the code" />;
  const path = chosen.value ?? detail.file ?? detail.files[0]?.path ?? null;
  const file = detail.files.find((one) => one.path === path);
  const isSteps = path !== null && path === detail.file;
  return (
    <div class="stack code">
      {detail.files.length === 0 && <p class="dim none">No code was recorded with this run.</p>}
      {file && path && (
        <section class="card" aria-label="Code">
          <header class="line">
            {detail.files.length > 1 ? (
              <select
                class="field mono"
                aria-label="File"
                value={path}
                onChange={(event) => {
                  chosen.value = event.currentTarget.value;
                }}
              >
                {detail.files.map((one) => (
                  <option key={one.path} value={one.path}>
                    {one.title ?? one.path}
                  </option>
                ))}
              </select>
            ) : (
              <code class="cut">{file.title ?? path}</code>
            )}
            {isSteps && detail.lines && (
              <span class="dim">
                lines {detail.lines[0]} to {detail.lines[1]}
              </span>
            )}
          </header>
          <Source
            text={file.text}
            path={path}
            language={file.language}
            label={`Code of ${file.title ?? path}`}
            mark={isSteps ? detail.lines : null}
            failed={isSteps ? failed : []}
          />
        </section>
      )}
      <h2 class="heading" style={{ marginTop: "12px" }}>
        Changes since the run before
      </h2>
      <Changes detail={detail} flow={flow} />
    </div>
  );
}

function Changes({ detail, flow }: { detail: CodeDetail; flow: string }) {
  if (!detail.diff || !detail.previous) return <p class="dim">This is the flow's first run.</p>;
  const previous = (
    <a class="link mono" href={href(to("runs", flow, detail.previous))} title={detail.previous}>
      {shortRun(detail.previous)}
    </a>
  );
  if (detail.diff.length === 0) {
    return <p class="dim">The code is the same as that of {previous}.</p>;
  }
  return (
    <>
      <p class="dim">Compared with {previous}:</p>
      <DiffView files={detail.diff} />
    </>
  );
}

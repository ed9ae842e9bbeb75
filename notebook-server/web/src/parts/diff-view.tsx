/** How files changed: told by signs and words as well as by colour. */
import { useMemo } from "preact/hooks";
import type { FileDiff } from "../api/types.ts";
import { count } from "../format/format.ts";
import { parseDiff } from "./diff.ts";

const SIGN = { same: " ", plus: "+", minus: "−", skip: "⋯" } as const;

export function DiffView({ files }: { files: FileDiff[] }) {
  return (
    <div class="stack">
      {files.map((file) => (
        <DiffFile key={file.path} file={file} />
      ))}
    </div>
  );
}

function DiffFile({ file }: { file: FileDiff }) {
  const lines = useMemo(() => parseDiff(file.text), [file.text]);
  const plus = lines.filter((line) => line.kind === "plus").length;
  const minus = lines.filter((line) => line.kind === "minus").length;
  return (
    <section class="card diff" aria-label={`Changes in ${file.title ?? file.path}`}>
      <header class="line">
        <code class="cut">{file.title ?? file.path}</code>
        <span class="dim">{file.change}</span>
        <span class="grow" />
        <span class="dim">
          {count(plus, "line")} added, {minus} removed
        </span>
      </header>
      <pre
        class="source"
        tabIndex={0}
        role="region"
        aria-label={`Diff of ${file.title ?? file.path}`}
      >
        {lines.map((line, at) => (
          <span key={at} class={`l ${line.kind}`}>
            <span class="n">{line.old ?? ""}</span>
            <span class="n">{line.new ?? ""}</span>
            <span class="sign">{SIGN[line.kind]}</span>
            {line.text}
            {"\n"}
          </span>
        ))}
      </pre>
    </section>
  );
}

/** An artifact that is a table, in a grid; its stored beginning where nobody opens tables. */
import { useMemo } from "preact/hooks";
import type { Preview } from "../api/types.ts";
import { href } from "../router.ts";
import { PreviewView } from "../runs/shared/preview.tsx";
import { Grid } from "./grid.tsx";
import { GridModel } from "./model.ts";

interface Props {
  pathspec: string;
  preview: Preview;
}

/** Rows that are seen at once. */
const ROWS = 14;

export function ArtifactTable({ pathspec, preview }: Props) {
  const model = useMemo(() => new GridModel({ kind: "artifact", pathspec }), [pathspec]);
  if (model.problem.value && !model.info.value) return <PreviewView preview={preview} />;
  return (
    <Grid model={model} label={pathspec.split("/").at(-1) ?? pathspec} rows={ROWS}>
      <a class="btn small" href={href(`/data?artifact=${encodeURIComponent(pathspec)}`)}>
        Open in Data
      </a>
    </Grid>
  );
}

/** The place Data: what tables there are, a look at one, and queries over all of them. */
import { sourceOf } from "../api/data.ts";
import type { TableSource } from "../api/types.ts";
import { shortRun } from "../format/format.ts";
import { Layout } from "../frame/layout.tsx";
import { useTitle } from "../frame/title.ts";
import { CopyButton } from "../parts/copy.tsx";
import { href, params, to } from "../router.ts";
import { taskAddress } from "../runs/shared/task-link.tsx";
import "../styles/data.css";
import { QueryDesk } from "./query.tsx";
import { TableLook } from "./table.tsx";
import { CatalogAside } from "./tree.tsx";
import { fromOf, nameOf } from "./words.ts";

export function DataPage() {
  const chosen = sourceOf(params.value);
  useTitle(chosen ? nameOf(chosen) : "Data");
  return (
    <Layout fixed aside={<CatalogAside chosen={chosen} />} asideLabel="Tables">
      <div class="data-place">
        {chosen ? <Look key={JSON.stringify(chosen)} source={chosen} /> : <QueryDesk />}
      </div>
    </Layout>
  );
}

function Look({ source }: { source: TableSource }) {
  const from = fromOf(source);
  const sql = `SELECT *\nFROM ${from}\nLIMIT 1000`;
  const path = pathOf(source);
  return (
    <>
      <header class="table-head">
        <h1>{nameOf(source)}</h1>
        <span class="line dim where">
          {source.kind === "artifact" && <Maker pathspec={source.pathspec} />}
          {source.kind === "file" && <span class="cut">{path}</span>}
          {source.kind === "frame" && (
            <span class="cut">
              of <a href={href(to("notebooks", source.notebook))}>{source.notebook}</a>
            </span>
          )}
          {path && (
            <CopyButton
              text={path}
              what={source.kind === "artifact" ? "the pathspec" : "the path"}
            />
          )}
        </span>
        <span class="grow" />
        {path && (
          <a class="btn small" href={href(`/data?sql=${encodeURIComponent(sql)}`)}>
            Query it
          </a>
        )}
      </header>
      <TableLook source={source} from={from} name={nameOf(source)} label={nameOf(source)} />
    </>
  );
}

/** What queries and shells call it by; nothing when they don't. */
function pathOf(source: TableSource): string {
  if (source.kind === "artifact") return source.pathspec;
  return source.kind === "file" ? source.path : "";
}

function Maker({ pathspec }: { pathspec: string }) {
  const [flow = "", run = "", step = "", task = ""] = pathspec.split("/");
  return (
    <span class="cut">
      made by <a href={href(taskAddress(pathspec))}>{`${step}/${task}`}</a> of{" "}
      <a href={href(to("runs", flow, run))} title={`${flow}/${run}`}>
        {flow}/{shortRun(run)}
      </a>
    </span>
  );
}

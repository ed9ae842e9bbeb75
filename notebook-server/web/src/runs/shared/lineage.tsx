/** Where a value comes from and what was made of it: columns of tasks, from left to right. */
import type { Lineage, LineageNode } from "../../api/types.ts";
import { TaskLink } from "./task-link.tsx";

export function columns(lineage: Lineage): [number, LineageNode[]][] {
  const found = new Map<number, LineageNode[]>();
  for (const node of lineage.nodes) {
    found.set(node.distance, [...(found.get(node.distance) ?? []), node]);
  }
  return [...found].sort(([one], [other]) => one - other);
}

/** What a task read of others or took over, in words: `reads ratings, split`. */
export function doing(lineage: Lineage, node: LineageNode): string {
  const of = (reused: boolean) =>
    lineage.edges
      .filter((edge) => edge.to === node.pathspec && edge.reused === reused)
      .map((edge) => edge.names.join(", "))
      .join("; ");
  const said = [of(true) && `reuses ${of(true)}`, of(false) && `reads ${of(false)}`];
  return said.filter(Boolean).join("; ");
}

export function LineageView({ lineage, within }: { lineage: Lineage; within: string }) {
  return (
    <div class="lineage" tabIndex={0} role="region" aria-label="Lineage, from left to right">
      {columns(lineage).map(([distance, nodes]) => (
        <ul key={distance} class="column">
          {nodes.map((node) => (
            <li key={node.pathspec} class={distance === 0 ? "node maker" : "node"}>
              <TaskLink pathspec={node.pathspec} within={within} label={node.label} />
              {doing(lineage, node) && <span class="faint cut">{doing(lineage, node)}</span>}
              {distance === 0 && <span class="faint">made it</span>}
            </li>
          ))}
        </ul>
      ))}
    </div>
  );
}

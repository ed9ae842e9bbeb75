/** Where the cells of the drawing stand: from top to bottom, as in the notebook. */
import { Graph, layout } from "@dagrejs/dagre";
import type { CellNames } from "./names.ts";

export interface GraphCell {
  id: string;
  label: string;
  x: number;
  y: number;
}

export interface GraphLine {
  from: string;
  to: string;
  path: string;
}

export interface CellGraph {
  cells: GraphCell[];
  lines: GraphLine[];
  width: number;
  height: number;
}

const NODE = { width: 62, height: 34 };
/** Beyond so many cells a drawing says nothing. */
export const MOST_CELLS = 120;

/** What a cell is called in the drawing: the last name that it makes. */
function labelOf(names: CellNames | undefined, number: number): string {
  const made = names?.defines.at(-1);
  return made ?? `cell ${number}`;
}

export function drawCells(ids: readonly string[], names: ReadonlyMap<string, CellNames>): CellGraph {
  const graph = new Graph();
  graph.setGraph({ rankdir: "TB", nodesep: 6, ranksep: 16, marginx: 6, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  const shown = new Set(ids);
  for (const id of ids) graph.setNode(id, { ...NODE });
  for (const id of ids) {
    for (const from of new Set(names.get(id)?.reads.values())) {
      if (shown.has(from)) graph.setEdge(from, id);
    }
  }
  layout(graph);
  const cells = ids.map((id, at) => {
    const { x, y } = graph.node(id) as { x: number; y: number };
    return { id, label: labelOf(names.get(id), at + 1), x, y };
  });
  const lines = graph.edges().map(({ v, w }) => {
    const { points } = graph.edge(v, w) as { points: { x: number; y: number }[] };
    return { from: v, to: w, path: downwards(points) };
  });
  const size = graph.graph() as { width?: number; height?: number };
  return { cells, lines, width: Math.ceil(size.width ?? 0), height: Math.ceil(size.height ?? 0) };
}

function downwards(points: { x: number; y: number }[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let text = `M${first.x} ${first.y}`;
  let at = first;
  for (const point of rest) {
    const middle = (at.y + point.y) / 2;
    text += `C${at.x} ${middle} ${point.x} ${middle} ${point.x} ${point.y}`;
    at = point;
  }
  return text;
}

/** Where the cells of the drawing stand: from top to bottom, as in the notebook. */
import { Graph, layout } from "@dagrejs/dagre";
import type { CellNames } from "./names.ts";

export interface GraphCell {
  id: string;
  x: number;
  y: number;
}

export interface GraphLine {
  from: string;
  to: string;
  path: string;
  /** Only modules, or what they hold, go along it. */
  isImport: boolean;
}

export interface CellGraph {
  cells: GraphCell[];
  lines: GraphLine[];
  width: number;
  height: number;
  /** In layers, or one below the other with arcs at the side. */
  look: "layers" | "rail";
}

/** What the pane has room for. */
const WIDEST = 210;
const NODE = { width: 100, height: 34 };
/** What fits beside one another in the pane. */
const IN_A_ROW = 2;
/** Beyond so many cells a drawing says nothing. */
export const MOST_CELLS = 120;

/** The cells above that a cell takes something from, and whether that is modules alone. */
function makersOf(names: CellNames | undefined): Map<string, boolean> {
  const makers = new Map<string, boolean>();
  for (const from of names?.imports.values() ?? []) makers.set(from, true);
  for (const from of names?.reads.values() ?? []) makers.set(from, false);
  return makers;
}

/** Layers where they fit beside one another; a rail for whatever is wider. */
export function drawCells(
  ids: readonly string[],
  names: ReadonlyMap<string, CellNames>,
): CellGraph {
  const layers = drawLayers(ids, names);
  return layers.width <= WIDEST ? layers : drawRail(ids, names);
}

const RAIL = { x: 58, row: 25 };

function drawRail(ids: readonly string[], names: ReadonlyMap<string, CellNames>): CellGraph {
  const y = (at: number) => at * RAIL.row + RAIL.row / 2 + 2;
  const rows = new Map(ids.map((id, at) => [id, at]));
  const cells = ids.map((id, at) => ({ id, x: RAIL.x, y: y(at) }));
  const lines = ids.flatMap((id, at) =>
    [...makersOf(names.get(id))].flatMap(([from, isImport]): GraphLine[] => {
      const row = rows.get(from);
      if (row === undefined || row === at) return [];
      // The further away, the further out.
      const out = RAIL.x - 8 - Math.min(RAIL.x - 14, 8 + Math.abs(at - row) * 6);
      const x = RAIL.x - 8;
      const path = `M${x} ${y(row)}C${out} ${y(row)} ${out} ${y(at)} ${x} ${y(at)}`;
      return [{ from, to: id, path, isImport }];
    }),
  );
  return { cells, lines, width: WIDEST, height: ids.length * RAIL.row + 4, look: "rail" };
}

function drawLayers(ids: readonly string[], names: ReadonlyMap<string, CellNames>): CellGraph {
  const graph = new Graph();
  graph.setGraph({ rankdir: "TB", nodesep: 4, ranksep: 22, marginx: 2, marginy: 4 });
  graph.setDefaultEdgeLabel(() => ({}));
  const shown = new Set(ids);
  const joined = new Set<string>();
  const edges = ids.flatMap((id) =>
    [...makersOf(names.get(id))]
      .filter(([from]) => shown.has(from) && from !== id)
      .map(([from, isImport]) => ({ from, id, isImport })),
  );
  for (const { from, id } of edges) joined.add(from).add(id);
  // In the notebook's order: what comes first stands on the left.
  for (const id of ids) if (joined.has(id)) graph.setNode(id, { ...NODE });
  for (const { from, id, isImport } of edges) graph.setEdge(from, id, { isImport });
  layout(graph);
  const size = graph.graph() as { width?: number; height?: number };
  // Cells that stand for themselves make no drawing wide: they follow in rows below.
  const alone = ids.filter((id) => !joined.has(id));
  const below = joined.size > 0 ? (size.height ?? 0) + 10 : 4;
  const places = new Map<string, { x: number; y: number }>();
  for (const id of joined) places.set(id, graph.node(id) as { x: number; y: number });
  alone.forEach((id, at) => {
    const x = (at % IN_A_ROW) * (NODE.width + 4) + NODE.width / 2 + 2;
    places.set(id, {
      x,
      y: below + Math.floor(at / IN_A_ROW) * (NODE.height + 8) + NODE.height / 2,
    });
  });
  const cells = ids.map((id) => ({ id, ...(places.get(id) ?? { x: 0, y: 0 }) }));
  const lines = graph.edges().map(({ v, w }) => {
    const { points, isImport } = graph.edge(v, w) as {
      points: { x: number; y: number }[];
      isImport: boolean;
    };
    const [from, to] = [places.get(v)!, places.get(w)!];
    const half = NODE.height / 2;
    // Out of the bottom, into the top; on the way around the cells between.
    const way = [
      { x: from.x, y: from.y + half },
      ...points.slice(1, -1),
      { x: to.x, y: to.y - half },
    ];
    return { from: v, to: w, path: downwards(way), isImport };
  });
  const rows = Math.ceil(alone.length / IN_A_ROW);
  const width = Math.max(
    joined.size > 0 ? (size.width ?? 0) : 0,
    Math.min(alone.length, IN_A_ROW) * (NODE.width + 4) + 4,
  );
  const height = alone.length > 0 ? below + rows * (NODE.height + 8) : (size.height ?? 0);
  return { cells, lines, width: Math.ceil(width), height: Math.ceil(height), look: "layers" };
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

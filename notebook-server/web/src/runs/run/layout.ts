/** Where the steps of a flow stand on paper: layers from left to right. */
import { Graph, layout } from "@dagrejs/dagre";
import type { GraphStep } from "../../api/types.ts";

export interface Box {
  step: GraphStep;
  /** The left upper corner. */
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Line {
  from: string;
  to: string;
  points: { x: number; y: number }[];
}

export interface Drawing {
  boxes: Box[];
  lines: Line[];
  width: number;
  height: number;
}

export const HEAT_WIDTH = 200;

/** How large a step's box is: one with many tasks has room for their strip. */
export function boxSize(step: GraphStep): { width: number; height: number } {
  const text = Math.min(24, step.title.length) * 7.6;
  if (step.is_many) return { width: Math.max(HEAT_WIDTH + 28, text + 100), height: 68 };
  return { width: Math.max(92, Math.round(text + 50)), height: 40 };
}

export function draw(steps: GraphStep[]): Drawing {
  if (steps.every((step) => step.next.length === 0)) return inRows(steps);
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 18, ranksep: 44, marginx: 2, marginy: 4 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const step of steps) graph.setNode(step.name, boxSize(step));
  const known = new Set(steps.map((step) => step.name));
  for (const step of steps) {
    for (const next of step.next) if (known.has(next)) graph.setEdge(step.name, next);
  }
  layout(graph);
  const boxes = steps.map((step) => {
    const { x, y, width, height } = graph.node(step.name) as Record<string, number>;
    return { step, x: x! - width! / 2, y: y! - height! / 2, width: width!, height: height! };
  });
  const lines = graph.edges().map(({ v, w }) => ({
    from: v,
    to: w,
    points: (graph.edge(v, w) as { points: { x: number; y: number }[] }).points,
  }));
  const size = graph.graph() as { width?: number; height?: number };
  return { boxes, lines, width: Math.ceil(size.width ?? 0), height: Math.ceil(size.height ?? 0) };
}

/** How wide rows of boxes become that nothing connects. */
const ROW_WIDTH = 1040;
const GAP = 12;

/** Cells of a notebook, which no lines connect: in their order, row by row. */
function inRows(steps: GraphStep[]): Drawing {
  const boxes: Box[] = [];
  let [x, y, tallest, widest] = [2, 4, 0, 0];
  for (const step of steps) {
    const { width, height } = boxSize(step);
    if (x > 2 && x + width > ROW_WIDTH) {
      x = 2;
      y += tallest + GAP;
      tallest = 0;
    }
    boxes.push({ step, x, y, width, height });
    x += width + GAP;
    tallest = Math.max(tallest, height);
    widest = Math.max(widest, x);
  }
  return { boxes, lines: [], width: widest, height: y + tallest + 4 };
}

/** A smooth way through the points. */
export function curve(points: { x: number; y: number }[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let text = `M${first.x} ${first.y}`;
  let at = first;
  for (const point of rest) {
    const middle = (at.x + point.x) / 2;
    text += `C${middle} ${at.y} ${middle} ${point.y} ${point.x} ${point.y}`;
    at = point;
  }
  return text;
}

/**
 * The step that an arrow goes to: along the lines to the left and right, to the nearest
 * of the same layer up and down.
 */
export function neighbour(drawing: Drawing, from: string, key: string): string | null {
  const box = drawing.boxes.find(({ step }) => step.name === from);
  if (!box) return null;
  const middle = (one: Box) => ({ x: one.x + one.width / 2, y: one.y + one.height / 2 });
  const here = middle(box);
  const nearest = (names: string[]): string | null => {
    const found = drawing.boxes.filter(({ step }) => names.includes(step.name));
    found.sort((a, b) => Math.abs(middle(a).y - here.y) - Math.abs(middle(b).y - here.y));
    return found[0]?.step.name ?? null;
  };
  if (drawing.lines.length === 0) {
    const at = drawing.boxes.indexOf(box) + (key === "ArrowRight" || key === "ArrowDown" ? 1 : -1);
    return drawing.boxes[at]?.step.name ?? null;
  }
  if (key === "ArrowRight") return nearest(box.step.next);
  if (key === "ArrowLeft")
    return nearest(drawing.lines.filter((line) => line.to === from).map((line) => line.from));
  if (key !== "ArrowUp" && key !== "ArrowDown") return null;
  const sign = key === "ArrowDown" ? 1 : -1;
  const sameLayer = drawing.boxes.filter(
    (other) => Math.abs(middle(other).x - here.x) < 60 && (middle(other).y - here.y) * sign > 0,
  );
  return nearest(sameLayer.map(({ step }) => step.name));
}

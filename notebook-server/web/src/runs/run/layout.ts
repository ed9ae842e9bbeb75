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

/** The room of a name; a longer one is cut, and whole in its tooltip. */
const LONGEST = 300;
/** Frame, padding and the state's shape beside a name. */
const AROUND = 52;

/** About how wide a text is in the page's letters of 13 pixels, rather more than less. */
export function textWidth(text: string): number {
  let width = 0;
  for (const letter of text) {
    if (/[iljtfrI.,:;'|!()[\] ]/.test(letter)) width += 5;
    else if (/[mwMW@%]/.test(letter) || letter > "\u2e7f") width += 13;
    else width += /[A-Z]/.test(letter) ? 9.5 : 8;
  }
  return width;
}

/** How large a step's box is: one with many tasks has room for their strip. */
export function boxSize(step: GraphStep): { width: number; height: number } {
  const text = Math.min(LONGEST, textWidth(step.title));
  if (step.is_many) return { width: Math.max(HEAT_WIDTH + 28, text + 104), height: 68 };
  return { width: Math.max(92, Math.round(text + AROUND)), height: 40 };
}

/** Steps from left to right along their lines; cells that nothing connects in rows below. */
export function draw(steps: GraphStep[]): Drawing {
  const known = new Set(steps.map((step) => step.name));
  const tied = new Set<string>();
  for (const step of steps) {
    for (const next of step.next.filter((name) => known.has(name))) {
      tied.add(step.name);
      tied.add(next);
    }
  }
  const connected = inLayers(steps.filter((step) => tied.has(step.name)));
  return below(connected, inRows(steps.filter((step) => !tied.has(step.name))));
}

function inLayers(steps: GraphStep[]): Drawing {
  if (steps.length === 0) return { boxes: [], lines: [], width: 0, height: 0 };
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

/** One drawing above another. */
function below(upper: Drawing, lower: Drawing): Drawing {
  if (upper.boxes.length === 0) return lower;
  if (lower.boxes.length === 0) return upper;
  const top = upper.height + GAP;
  return {
    boxes: [...upper.boxes, ...lower.boxes.map((box) => ({ ...box, y: box.y + top }))],
    lines: upper.lines,
    width: Math.max(upper.width, lower.width),
    height: top + lower.height,
  };
}

/** The least that a drawing is made smaller to fit; what is wider yet is scrolled. */
const SMALLEST = 0.72;

/** How large a drawing is shown where there is so much room. */
export function scaleIn(drawing: Drawing, room: number): number {
  if (room <= 0 || drawing.width <= room) return 1;
  const scale = room / drawing.width;
  return scale < SMALLEST ? 1 : scale;
}

/** How wide rows of boxes become that nothing connects. */
const ROW_WIDTH = 1040;
const GAP = 12;

/** Steps that no lines connect: in their order, row by row. */
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

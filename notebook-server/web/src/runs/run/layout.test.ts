import { describe, expect, test } from "vitest";
import type { GraphStep } from "../../api/types.ts";
import { boxSize, draw, neighbour, scaleIn } from "./layout.ts";

function step(name: string, next: string[], isMany = false): GraphStep {
  return {
    name,
    kind: "linear",
    title: name,
    foreach: null,
    is_many: isMany,
    next,
    joins: null,
    file: "flow.py",
    line: 1,
    doc: null,
    decorators: [],
  };
}

const BRANCHES = draw([
  step("start", ["left", "right"]),
  step("left", ["join"]),
  step("right", ["join"], true),
  step("join", ["end"]),
  step("end", []),
]);

function box(name: string) {
  return BRANCHES.boxes.find((one) => one.step.name === name)!;
}

describe("a flow on paper", () => {
  test("goes from left to right", () => {
    for (const line of BRANCHES.lines) {
      expect(box(line.from).x + box(line.from).width).toBeLessThan(box(line.to).x);
    }
  });

  test("has no box over another", () => {
    const [one, other] = [box("left"), box("right")];
    const apart = one.y + one.height < other.y || other.y + other.height < one.y;
    expect(apart).toBe(true);
  });

  test("fits its size", () => {
    for (const one of BRANCHES.boxes) {
      expect(one.x).toBeGreaterThanOrEqual(0);
      expect(one.x + one.width).toBeLessThanOrEqual(BRANCHES.width);
      expect(one.y + one.height).toBeLessThanOrEqual(BRANCHES.height);
    }
  });
});

describe("arrows", () => {
  test("go along the lines", () => {
    expect(neighbour(BRANCHES, "join", "ArrowRight")).toBe("end");
    expect(neighbour(BRANCHES, "end", "ArrowLeft")).toBe("join");
    expect(neighbour(BRANCHES, "end", "ArrowRight")).toBeNull();
  });

  test("go between branches", () => {
    const upper = box("left").y < box("right").y ? "left" : "right";
    const lower = upper === "left" ? "right" : "left";
    expect(neighbour(BRANCHES, upper, "ArrowDown")).toBe(lower);
    expect(neighbour(BRANCHES, lower, "ArrowUp")).toBe(upper);
  });
});

describe("names and room", () => {
  test("a box is as wide as its name, up to a limit", () => {
    const width = (name: string) => boxSize(step(name, [])).width;
    expect(width("recommend")).toBeGreaterThanOrEqual(52 + 9 * 8);
    expect(width("x".repeat(200))).toBeLessThan(400);
  });

  test("a drawing is made a little smaller to fit; what is far too wide is scrolled", () => {
    const of = (width: number) => ({ boxes: [], lines: [], width, height: 10 });
    expect(scaleIn(of(800), 900)).toBe(1);
    expect(scaleIn(of(1000), 900)).toBeCloseTo(0.9);
    expect(scaleIn(of(3000), 900)).toBe(1);
  });

  test("cells without lines stand below those that have some", () => {
    const drawing = draw([step("a", ["b"]), step("alone", []), step("b", [])]);
    const of = (name: string) => drawing.boxes.find((one) => one.step.name === name)!;
    expect(drawing.lines).toHaveLength(1);
    expect(of("alone").y).toBeGreaterThan(of("a").y + of("a").height);
    expect(of("alone").y + of("alone").height).toBeLessThanOrEqual(drawing.height);
  });
});

test("a step that leads to one that isn't there harms nothing", () => {
  expect(draw([step("start", ["gone"])]).lines).toEqual([]);
});

test("cells, which nothing connects, stand in rows in their order", () => {
  const cells = Array.from({ length: 30 }, (_, at) => step(`cell-${at}`, []));
  const drawing = draw(cells);
  expect(drawing.width).toBeLessThan(1100);
  const places = drawing.boxes.map((one) => one.y * 10_000 + one.x);
  expect(places).toEqual([...places].sort((one, other) => one - other));
  expect(neighbour(drawing, "cell-3", "ArrowRight")).toBe("cell-4");
  expect(neighbour(drawing, "cell-0", "ArrowLeft")).toBeNull();
});

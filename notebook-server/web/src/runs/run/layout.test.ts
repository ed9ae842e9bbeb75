import { describe, expect, test } from "vitest";
import type { GraphStep } from "../../api/types.ts";
import { draw, neighbour } from "./layout.ts";

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

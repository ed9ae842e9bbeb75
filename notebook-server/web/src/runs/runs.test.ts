import { describe, expect, test } from "vitest";
import type { ArtifactRow, Lineage, RunRow, Tally } from "../api/types.ts";
import { joined } from "./list/store.ts";
import { facts, packages } from "./run/environment.tsx";
import { stepCounter, stepState } from "./run/step-state.ts";
import { typeText } from "./shared/artifacts.tsx";
import { columns, doing } from "./shared/lineage.tsx";
import { parameterLine } from "./shared/parameters.ts";
import { tallyText } from "./shared/progress.tsx";
import { taskAddress } from "./shared/task-link.tsx";

const tally = (part: Partial<Tally>): Tally => ({
  queued: 0,
  running: 0,
  done: 0,
  reused: 0,
  failed: 0,
  cancelled: 0,
  total: null,
  ...part,
});

describe("a step as a whole", () => {
  test.each([
    [{}, null],
    [{ done: 3, failed: 1, running: 1 }, "failed"],
    [{ done: 3, running: 1 }, "running"],
    [{ done: 3, queued: 1 }, "running"],
    [{ queued: 2 }, "queued"],
    [{ reused: 4 }, "reused"],
    [{ reused: 4, done: 1 }, "succeeded"],
    [{ done: 2, cancelled: 1 }, "cancelled"],
  ] as const)("%o is %s", (part, state) => expect(stepState(tally(part))).toBe(state));

  test("counts what is over", () => {
    const row = (part: Partial<Tally>) => ({ counts: tally(part) }) as never;
    expect(stepCounter(row({ done: 8, reused: 6, failed: 1, queued: 5 }))).toBe("14 / 20");
    expect(stepCounter(row({ done: 20 }))).toBe("× 20");
  });
});

test("a tally in words leaves out what there is none of", () => {
  expect(tallyText(tally({ done: 12, reused: 12, failed: 1 }))).toBe(
    "25 tasks · 12 reused · 12 done · 1 failed",
  );
  expect(tallyText(tally({}))).toBe("0 tasks");
});

describe("a list that is asked for anew", () => {
  const run = (name: string) => ({ flow: "Flow", run: name }) as RunRow;
  const names = (rows: RunRow[]) => rows.map((row) => row.run).join("");

  test("keeps the rows beyond its first page", () => {
    const old = [..."dcba"].map(run);
    expect(names(joined([..."edc"].map(run), old))).toBe("edcba");
  });

  test("is the fresh page alone when nothing of it is known", () => {
    expect(names(joined([..."zyx"].map(run), [..."cba"].map(run)))).toBe("zyx");
    expect(names(joined([], [run("a")]))).toBe("");
  });
});

test("parameters fit on a line", () => {
  expect(parameterLine({ a: 1, b: "x", c: null, d: [1], e: 2 })).toBe(
    "a 1 · b x · c null · d [1] · +1",
  );
});

describe("an environment", () => {
  const environment = {
    platform: "Linux",
    python: "3.11.7",
    git: { commit: "9ad0bb12ee", dirty: true },
    distributions: { numpy: "2.3.1" },
  };

  test("tells Python and git first", () => {
    expect(facts(environment)).toEqual([
      ["python", "3.11.7"],
      ["git", "9ad0bb1 + changes"],
      ["platform", "Linux"],
    ]);
  });

  test("has its packages, however they are written", () => {
    expect(packages(environment)).toEqual([["numpy", "2.3.1"]]);
    expect(packages({ packages: ["numpy==2.3.1"] })).toEqual([["numpy", "2.3.1"]]);
    expect(packages(null)).toEqual([]);
  });
});

test("a value's type says its shape", () => {
  const row = (type: string, meta: object) => ({ type, meta }) as ArtifactRow;
  expect(typeText(row("numpy.ndarray", { shape: [943, 1682], dtype: "float32" }))).toBe(
    "ndarray 943 × 1682 float32",
  );
  expect(typeText(row("pandas.DataFrame", { rows: 1682, columns: ["a", "b"] }))).toBe(
    "DataFrame 1,682 × 2",
  );
  const first = Array.from({ length: 100 }, (_, at) => [`c${at}`, "int64"]);
  expect(typeText(row("DataFrame", { rows: 50, width: 300, columns: first }))).toBe(
    "DataFrame 50 × 300",
  );
  expect(typeText(row("dict", {}))).toBe("dict");
});

test("a pathspec leads to its place", () => {
  expect(taskAddress("Flow/r1/train/3")).toBe("/runs/Flow/r1/train/3");
  expect(taskAddress("Flow/r1/train/3/model")).toBe(
    "/runs/Flow/r1/train/3?tab=artifacts&artifact=model",
  );
  expect(taskAddress("Flow/r1")).toBe("/runs/Flow/r1");
});

test("a lineage stands in columns, from causes to effects", () => {
  const node = (pathspec: string, distance: number) => ({ pathspec, label: pathspec, distance });
  const lineage: Lineage = {
    nodes: [node("b", 0), node("c", 1), node("a", -1), node("d", 1)],
    edges: [],
  };
  expect(columns(lineage).map(([, nodes]) => nodes.map((one) => one.label))).toEqual([
    ["a"],
    ["b"],
    ["c", "d"],
  ]);
});

test("what a task took over it didn't read", () => {
  const end = { pathspec: "B/2/end/0", label: "end", distance: 0 };
  const edge = (from: string, reused: boolean, ...names: string[]) => ({
    from,
    to: end.pathspec,
    names,
    reused,
  });
  const of = (...edges: Lineage["edges"]) => doing({ nodes: [end], edges }, end);
  expect(of(edge("A/1/end/0", true, "model", "ndcg"))).toBe("reuses model, ndcg");
  expect(of(edge("B/2/fit/0", false, "model"))).toBe("reads model");
  expect(of()).toBe("");
});

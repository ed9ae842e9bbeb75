import { describe, expect, test } from "vitest";
import { withQuery } from "./client.ts";
import { backOff } from "./events.ts";
import { asProblem, Problem, problemOf } from "./problem.ts";

describe("what a failed answer says", () => {
  test("is what the server said", () => {
    const problem = problemOf(404, {
      error: { what: "there is no run `x`", where: "Flow/x", hint: "`flownote runs` lists them" },
    });
    expect(problem.what).toBe("there is no run `x`");
    expect(problem.where).toBe("Flow/x");
    expect(problem.hint).toBe("`flownote runs` lists them");
    expect(problem.status).toBe(404);
  });

  test("is how to log in, when that is missing", () => {
    expect(problemOf(401, null).hint).toContain("flownote ui --url");
  });

  test("is the status, when something else answered", () => {
    expect(problemOf(502, "<html>").what).toContain("502");
  });

  test("survives being thrown and caught", () => {
    const thrown: unknown = new Problem({ what: "a", where: null, hint: "b" }, 500);
    expect(asProblem(thrown).hint).toBe("b");
    expect(asProblem(new TypeError("bad")).what).toBe("bad");
  });
});

test("tries come ever more slowly, up to a limit", () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 20].map((failures) => backOff(failures, 0));
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  expect(backOff(1, 1)).toBe(625);
});

test("a query leaves out what isn't asked", () => {
  const address = withQuery("/api/runs", { flow: null, text: "", tag: ["a b", "c"], limit: 5 });
  expect(address).toBe("/api/runs?tag=a+b&tag=c&limit=5");
  expect(withQuery("/api/runs", {})).toBe("/api/runs");
});

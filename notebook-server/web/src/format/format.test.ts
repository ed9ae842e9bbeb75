import { describe, expect, test } from "vitest";
import * as format from "./format.ts";

describe("durations", () => {
  test.each([
    [0, "0 ms"],
    [12.4, "12 ms"],
    [999.4, "999 ms"],
    [999.6, "1.0 s"],
    [1234, "1.2 s"],
    [9949, "9.9 s"],
    [9951, "10 s"],
    [59_940, "60 s"],
    [59_960, "1 m"],
    [72_000, "1 m 12 s"],
    [3_599_600, "1 h"],
    [7_500_000, "2 h 5 m"],
    [86_400_000 * 3 + 3_600_000 * 4, "3 d 4 h"],
    [-5, "0 ms"],
  ])("%d ms is %s", (ms, text) => expect(format.duration(ms)).toBe(text));

  test("what isn't known says nothing", () => {
    expect(format.duration(null)).toBe("");
    expect(format.duration(Number.NaN)).toBe("");
  });
});

describe("sizes", () => {
  test.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [9949, "9.9 kB"],
    [9951, "10 kB"],
    [999_499, "999 kB"],
    [999_500, "1.0 MB"],
    [1_100_000, "1.1 MB"],
    [3.2e12, "3.2 TB"],
  ])("%d bytes are %s", (bytes, text) => expect(format.size(bytes)).toBe(text));
});

describe("how long ago", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  test.each([
    ["2026-11-22T12:00:30Z", "just now"],
    ["2026-11-22T11:59:55Z", "just now"],
    ["2026-11-22T11:59:18Z", "42 s ago"],
    ["2026-11-22T11:59:00.400Z", "1 min ago"],
    ["2026-11-22T11:00:20Z", "1 h ago"],
    ["2026-11-22T09:00:00Z", "3 h ago"],
    ["2026-11-21T12:00:00Z", "yesterday"],
    ["2026-11-19T12:00:00Z", "3 days ago"],
  ])("%s was %s", (time, text) => expect(format.ago(time, now)).toBe(text));

  test("what is longer ago has a date", () => {
    expect(format.ago("2026-03-05T12:00:00Z", now)).toBe("2026-03-05");
  });
});

test("counts agree with their nouns", () => {
  expect(format.count(1, "task")).toBe("1 task");
  expect(format.count(1041, "task")).toBe("1,041 tasks");
  expect(format.count(0, "entry", "entries")).toBe("0 entries");
});

test("a run is told by the end of its id", () => {
  expect(format.shortRun("20261122T101512345-8f2c9a")).toBe("8f2c9a");
  expect(format.shortRun("8f2c")).toBe("8f2c");
});

test("metrics show what distinguishes them", () => {
  expect(format.metric(0.312345)).toBe("0.3123");
  expect(format.metric(39895)).toBe("39,895");
  expect(format.metric(0.0000123)).toBe("1.230e-5");
  expect(format.metric("EASE")).toBe("EASE");
});

test("a command line is as it was typed", () => {
  expect(format.command(["/usr/bin/python", "/x/bin/flownote", "run", "flow.py"])).toBe(
    "flownote run flow.py",
  );
  expect(format.command(["python", "flow.py", "run", "--name", "it's me"])).toBe(
    "python flow.py run --name 'it'\\''s me'",
  );
  const run = ["run", "flow.py", "--alpha", "0.5"];
  for (const own of [
    ["/usr/bin/python", "/site-packages/flownote/__main__.py"],
    ["python", "-m", "flownote"],
    ["flownote"],
  ]) {
    const words = [...own, ...run, "--run-id-file", "/tmp/x.run", "--tag", "my tag"];
    expect(format.command(words)).toBe("flownote run flow.py --alpha 0.5 --tag 'my tag'");
  }
  expect(format.command(["flownote", "run", "flow.py", "--run-id-file=x"])).toBe(
    "flownote run flow.py",
  );
  expect(format.command([])).toBe("");
});

test("values fit on a line", () => {
  expect(format.value([1, 2])).toBe("[1,2]");
  expect(format.value("x".repeat(80))).toHaveLength(60);
});

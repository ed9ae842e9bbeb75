import { describe, expect, test } from "vitest";
import { type Filter, fromParams, hasTime, NO_FILTER, read, toParams, toQuery } from "./filter.ts";

describe("what is typed", () => {
  test("is the server's to understand, but for times", () => {
    const filter = read("ease tag:nightly since:7d alpha>0.3 until:2026-11-20", NO_FILTER);
    expect(filter).toEqual({
      ...NO_FILTER,
      text: "ease tag:nightly alpha>0.3",
      since: "7d",
      until: "2026-11-20",
    });
  });

  test("waits for Enter only where a time is half typed", () => {
    expect(hasTime("alpha>0.5 tag:x status:failed")).toBe(false);
    expect(hasTime("x since:2026-")).toBe(true);
  });
});

test("a filter survives the address", () => {
  const filter: Filter = {
    text: "x alpha>0.5",
    status: ["running", "open"],
    tags: ["a", "b c"],
    user: "ana",
    since: "7d",
    until: "2026-11-20",
    parameters: ["k=v=w", "alpha>=1"],
  };
  expect(fromParams(new URLSearchParams(toParams(filter).toString()))).toEqual(filter);
});

describe("times", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");

  test("a span reaches back from now", () => {
    const query = toQuery({ ...NO_FILTER, since: "24h" }, "Flow", now);
    expect(query.since).toBe("2026-11-21T12:00:00.000Z");
  });

  test("the last day is included whole", () => {
    const query = toQuery({ ...NO_FILTER, since: "2026-11-20", until: "2026-11-20" }, null, now);
    expect(Date.parse(query.until!) - Date.parse(query.since!)).toBe(86_400_000);
  });

  test("what is no time is no filter", () => {
    expect(toQuery({ ...NO_FILTER, since: "soon" }, null, now).since).toBeNull();
  });
});

import { describe, expect, test } from "vitest";
import { fromParams, NO_FILTER, read, toParams, toQuery } from "./filter.ts";

describe("what is typed", () => {
  test("has its meanings taken out, the rest is text", () => {
    const filter = read("ease tag:nightly status:failed user:ana alpha=0.3 lambda", NO_FILTER);
    expect(filter).toEqual({
      ...NO_FILTER,
      text: "ease lambda",
      tags: ["nightly"],
      status: ["failed"],
      user: "ana",
      parameters: ["alpha=0.3"],
    });
  });

  test("adds to what is there, once", () => {
    const filter = read("tag:a tag:b", { ...NO_FILTER, tags: ["a"] });
    expect(filter.tags).toEqual(["a", "b"]);
  });

  test("that means nothing stays text", () => {
    expect(read("status:whatever tag:", NO_FILTER).text).toBe("status:whatever tag:");
  });
});

test("a filter survives the address", () => {
  const filter = read("x tag:a tag:b status:running k=v=w since:7d until:2026-11-20", NO_FILTER);
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

import { expect, test } from "vitest";
import { problemOf } from "./said.ts";

test("warnings and errors are told with their hint, other words are for logs", () => {
  const log = (level: string, text: string) => problemOf({ seq: 0, event: "log", level, text });
  expect(log("warning", "edits are kept in `a`")).toEqual({
    what: "edits are kept in `a`",
    where: null,
    hint: null,
  });
  expect(log("error", "no kernel\nhint: end the other")?.hint).toBe("end the other");
  expect(log("info", "started")).toBeNull();
  expect(problemOf({ seq: 0, event: "idle" })).toBeNull();
});

import { expect, test } from "vitest";
import { parseDiff } from "./diff.ts";

const DIFF = `--- a/flow.py
+++ b/flow.py
@@ -3,3 +3,4 @@ class Flow
 same
-gone
+came
+more
 end
\\ No newline at end of file
`;

test("lines have their numbers on both sides", () => {
  expect(parseDiff(DIFF)).toEqual([
    { kind: "skip", old: null, new: null, text: "class Flow" },
    { kind: "same", old: 3, new: 3, text: "same" },
    { kind: "minus", old: 4, new: null, text: "gone" },
    { kind: "plus", old: null, new: 4, text: "came" },
    { kind: "plus", old: null, new: 5, text: "more" },
    { kind: "same", old: 5, new: 6, text: "end" },
  ]);
});

test("an added file is all new", () => {
  const lines = parseDiff("--- /dev/null\n+++ b/x.py\n@@ -0,0 +1,2 @@\n+a\n+b\n");
  expect(lines.map((line) => line.new)).toEqual([null, 1, 2]);
});

test("a line that looks like a heading is a line", () => {
  const lines = parseDiff("@@ -1,1 +1,1 @@\n--- old\n+++ new\n");
  expect(lines.slice(1).map((line) => [line.kind, line.text])).toEqual([
    ["minus", "-- old"],
    ["plus", "++ new"],
  ]);
});

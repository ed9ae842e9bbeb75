import { expect, test } from "vitest";
import { write } from "./copy.ts";

const heads = ["id", "a|b"];
const rows = [
  [1, 'say "hi"'],
  [null, "x,y\tz\nw"],
];

test("cells are written so that others read the same", () => {
  expect(write("CSV", heads, rows)).toBe('id,a|b\n1,"say ""hi"""\n,"x,y\tz\nw"\n');
  expect(write("TSV", [], [[1, "x,y"]])).toBe("1\tx,y\n");
  expect(write("Markdown", heads, rows)).toBe(
    '| id | a\\|b |\n| --- | --- |\n| 1 | say "hi" |\n|  | x,y\tz w |\n',
  );
});

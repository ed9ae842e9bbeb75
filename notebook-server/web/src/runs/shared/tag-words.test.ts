import { expect, test } from "vitest";
import { tagsOf } from "./tag-words.ts";

test("commas part tags, spaces don't", () => {
  expect(tagsOf("nightly, for  the board ,,nightly")).toEqual(["nightly", "for the board"]);
  expect(tagsOf(" ")).toEqual([]);
});

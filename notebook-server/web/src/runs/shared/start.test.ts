import { expect, test } from "vitest";
import type { FormField } from "../../api/types.ts";
import { openCommand } from "./copy-link.tsx";
import { changed } from "./parameters-form.tsx";

const field = (name: string, value: string | null): FormField => ({
  name,
  attribute: name,
  kind: "int",
  value,
  required: false,
  help: null,
});

test("only what was changed is said", () => {
  const fields = [field("rows", "3"), field("top", null), field("seed", "7")];
  expect(changed(fields, {})).toEqual({});
  expect(changed(fields, { rows: "3", top: "", seed: "8" })).toEqual({ seed: "8" });
  expect(changed(fields, { rows: "", gone: "1" })).toEqual({ rows: "" });
});

test("a command opens a place wherever its store is reached", () => {
  expect(openCommand("Shop/1-a/train/3", "s3://team/x")).toBe(
    "flownote ui --store s3://team/x Shop/1-a/train/3",
  );
  expect(openCommand("a b.ipynb", "/srv/an'a/.flownote")).toBe(
    "flownote ui --store '/srv/an'\\''a/.flownote' 'a b.ipynb'",
  );
  expect(openCommand("Shop", undefined)).toBe("flownote ui Shop");
});

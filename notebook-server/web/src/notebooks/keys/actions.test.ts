import { expect, test, vi } from "vitest";

// Panes ask how wide the window is, and there is none here.
vi.hoisted(() => {
  Object.assign(globalThis, { matchMedia: () => ({ matches: false, addEventListener() {} }) });
});

import { match } from "../../frame/commands.ts";
import { ACTIONS } from "./actions.ts";

test("what users of Jupyter look for is found in the palette by its name there", () => {
  const best = (typed: string) =>
    ACTIONS.map(({ id, group, title, also = "" }) => ({
      id,
      score: match(typed, `${group} ${title} ${also}`) ?? Number.NEGATIVE_INFINITY,
    })).sort((one, other) => other.score - one.score)[0]?.id;
  const wanted = {
    "restart kernel": "restart",
    "restart and run all": "restart-run-all",
    "run all": "run-all",
    interrupt: "interrupt",
    "clear all outputs": "clear-all",
    rename: "rename",
    duplicate: "duplicate",
    "export html": "export-html",
    "run as flow": "run-as-flow",
    sidebar: "pane-left",
    collapse: "fold-source",
    "split cell": "split",
    "merge cells": "merge",
    "make it sql": "sql",
    "replace in all": "find",
    tags: "tags",
    papermill: "parameters",
  };
  for (const [typed, id] of Object.entries(wanted))
    expect([typed, best(typed)]).toEqual([typed, id]);
});

test("actions are told by their names", () => {
  const ids = ACTIONS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

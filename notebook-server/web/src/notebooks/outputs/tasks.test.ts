import MarkdownIt from "markdown-it";
import { expect, test } from "vitest";
import { tasks } from "./tasks.ts";

const html = (text: string) => new MarkdownIt().use(tasks).render(text);

test("tasks are boxes, ticked or not", () => {
  const shown = html("- [ ] open *it*\n- [x] shut\n- plain");
  expect(shown).toMatch(/task-item"><span[^>]*aria-label="to do"><\/span>open <em>it<\/em>/);
  expect(shown).toMatch(/aria-label="done">✓<\/span>shut/);
  expect(shown).toContain("<li>plain</li>");
});

test("brackets elsewhere stay as they are", () => {
  for (const text of ["[ ] no list", "- a [ ] within", "- [y] other", "- `[ ]` code"]) {
    expect(html(text)).not.toContain("task");
  }
});

/** What the server or the kernel says of the notebook as a whole, for whoever looks at it. */
import type { ProblemText } from "../../api/problem.ts";
import type { NotebookEvent } from "./types.ts";

/** The problem that an event tells: a warning or an error, whose hint stands on its last line. */
export function problemOf(event: NotebookEvent): ProblemText | null {
  if (event.event !== "log" || (event.level !== "warning" && event.level !== "error")) return null;
  const [what = "", hint] = event.text.split("\nhint: ", 2);
  return { what, where: null, hint: hint ?? null };
}

/** Has programs look at the cells when somebody asks, and says what came of it. */
import type { CheckedCell } from "../../api/notebook.ts";
import { count } from "../../format/format.ts";
import { tell, tellProblem } from "../../state/toasts.ts";
import type { Desk } from "../model/desk.ts";
import type { Program } from "../panes/server.ts";

/** Who looks at the cells of a language. */
const PROGRAMS: readonly { language: string; program: Program; cell: string }[] = [
  { language: "python", program: "ruff", cell: "Python cell" },
  { language: "rust", program: "rustc", cell: "Rust cell" },
];

/** What is found stands beside the lines, as all that is wrong with them. */
export async function checkCode(desk: Desk): Promise<void> {
  const cells = [...desk.notebook.book.peek().cells.values()];
  const wanted = PROGRAMS.filter(({ language }) =>
    cells.some((cell) => cell.language === language),
  );
  if (wanted.length === 0) {
    tell("There is nothing to check: only Python and Rust cells are");
    return;
  }
  await Promise.all(
    wanted.map(async ({ program, cell }) => {
      try {
        tell(said(program, cell, await desk.notebook.check(program), desk));
      } catch (error) {
        // That one program isn't there doesn't keep the others from looking.
        tellProblem(error);
      }
    }),
  );
}

function said(program: Program, cell: string, cells: CheckedCell[], desk: Desk): string {
  const faulty = cells.filter(({ problems }) => problems.length > 0);
  const findings = faulty.reduce((sum, { problems }) => sum + problems.length, 0);
  if (findings === 0) return `${program} finds nothing in ${count(cells.length, cell)}`;
  const numbers = faulty.map(({ cell }) => desk.numbers.peek().get(cell) ?? "?");
  const where = numbers.length === 1 ? "cell" : "cells";
  return `${program} finds ${count(findings, "thing")} in ${where} ${numbers.join(", ")}`;
}

/** Has a program look at the cells when somebody asks, and says what came of it. */
import { count } from "../../format/format.ts";
import { tell, tellProblem } from "../../state/toasts.ts";
import type { Desk } from "../model/desk.ts";

/** What is found stands beside the lines, as all that is wrong with them. */
export async function checkWithRuff(desk: Desk): Promise<void> {
  try {
    const cells = await desk.notebook.checkWithRuff();
    const faulty = cells.filter(({ problems }) => problems.length > 0);
    const findings = faulty.reduce((sum, { problems }) => sum + problems.length, 0);
    if (findings === 0) {
      tell(`ruff finds nothing in ${count(cells.length, "Python cell")}`);
      return;
    }
    const numbers = faulty.map(({ cell }) => desk.numbers.peek().get(cell) ?? "?");
    const where = numbers.length === 1 ? "cell" : "cells";
    tell(`ruff finds ${count(findings, "thing")} in ${where} ${numbers.join(", ")}`);
  } catch (error) {
    tellProblem(error);
  }
}

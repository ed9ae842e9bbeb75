/** Problems speak of cells by their ids, which nobody knows: here by their numbers. */
import { asProblem, Problem } from "../../api/problem.ts";

export function numbered(error: unknown, numbers: ReadonlyMap<string, number>): Problem {
  const { what, where, hint } = asProblem(error);
  const named = what.replace(/cell `([\w-]+)`/g, (said, id: string) => {
    const number = numbers.get(id);
    return number === undefined ? said : `cell ${number}`;
  });
  return new Problem({ what: named, where, hint }, 0);
}
